"""What holds a pod to the command that made it."""

import sys

from infra.operate.leash import Leash
from tests.waiting import wait

LISTENS = "import pathlib, sys\nwhile data := sys.stdin.readline(): pathlib.Path(sys.argv[1]).open('a').write(data)"


def test_beats_until_it_is_let_go(tmp_path):
    path = tmp_path / "beats"
    with Leash([sys.executable, "-c", LISTENS, str(path)], seconds=0.01) as leash:
        wait(lambda: path.exists() and len(path.read_text()) > 2, "three beats")
    assert not leash._thread.is_alive()


def test_attaches_again(tmp_path):
    """An API server that restarts ends every connection."""
    path = tmp_path / "times"
    with Leash(["sh", "-c", f"echo once >>{path}"], seconds=0.01):
        wait(lambda: path.exists() and path.read_text().count("once") > 1, "a second connection")
