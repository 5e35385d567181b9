"""Two processes in one cache."""

import subprocess
import sys

from lab.locks import cache_lock, free_lock, shared_lock
from tests.waiting import patience

_WAITER = "from lab.locks import cache_lock\nwith cache_lock('thing'): print('mine')"


def test_the_second_waits(tmp_path, monkeypatch):
    monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path))
    with cache_lock("thing"):
        second = subprocess.Popen(
            [sys.executable, "-c", _WAITER], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            second.wait(timeout=1)
            early = True
        except subprocess.TimeoutExpired:
            early = False
        assert not early
    assert second.communicate(timeout=patience(30)) == ("mine\n", "thing: another process is at it, waiting\n")


def test_other_names_do_not_wait(tmp_path, monkeypatch):
    monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path))
    with cache_lock("thing"), cache_lock("other"):
        assert {path.name for path in (tmp_path / "locks").iterdir()} == {"thing.lock", "other.lock"}


def test_shared_by_several_and_then_free(tmp_path, monkeypatch):
    monkeypatch.setenv("STAGECOACH_CACHE", str(tmp_path))
    with shared_lock("thing"), shared_lock("thing"), free_lock("thing") as free:
        assert not free
    with free_lock("thing") as free, free_lock("thing") as again:
        assert free
        assert not again
