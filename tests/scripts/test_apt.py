"""Packages are installed while something else uses apt: a real apt-get, in folders of its own, and real locks."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra import scripts
from infra.scripts import load
from tests.servers.stub_server import StubServer
from tests.waiting import patience

NEEDS_APT = pytest.mark.skipif(shutil.which("apt-get") is None, reason="there is no apt-get here")
CONFIG = """Dir::State "{root}";
Dir::State::lists "{root}/lists";
Dir::State::status "{root}/dpkg/status";
Dir::Cache "{root}/cache";
Dir::Etc "{root}/etc";
Dir::Log "{root}/log";
"""
# Takes a lock as apt does, and keeps it until it is told to end.
HOLD = """import fcntl, sys
file = open(sys.argv[1], "w")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""
# The pause between two tries is short here, and says that there was one.
CALL = "{script}\nsleep() {{ echo 'one more try'; command sleep 0.1; }}\napt_get {arguments}\n"


@pytest.fixture
def folders(tmp_path):
    """apt's own, with no package and no source."""
    for folder in ("lists/partial", "cache/archives/partial", "etc/sources.list.d", "etc/apt.conf.d", "log", "dpkg"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("dpkg/status", "etc/sources.list"):
        (tmp_path / file).touch()
    (tmp_path / "apt.conf").write_text(CONFIG.format(root=tmp_path))
    return tmp_path


@contextmanager
def another(path):
    """Another program that has the lock; its standard input ends it."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", HOLD, path], stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        yield holder


def start(folders, arguments):
    """The function of the scripts, on those folders."""
    script = CALL.format(script=load("base.sh"), arguments=arguments)
    environment = {"PATH": os.environ["PATH"], "APT_CONFIG": str(folders / "apt.conf")}
    pipe = subprocess.PIPE
    return subprocess.Popen(["bash", "-c", script], env=environment, stdout=pipe, stderr=subprocess.STDOUT, text=True)


SCRIPTS = [*sorted(Path(scripts.__file__).parent.glob("*.sh")), Path(__file__).parents[2] / "tools" / "debian.sh"]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_call_waits(path):
    """Where another program has apt's locks, a bare call ends the update."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    calls = [line for line in lines if re.search(r"\bapt(-get)? (?!>)", line) and not line.startswith(("#", "echo"))]
    assert [line for line in calls if "DPkg::Lock::Timeout" not in line] == []
    assert (path.name in ("base.sh", "debian.sh")) == bool(calls)


@NEEDS_APT
class TestLocks:
    @pytest.mark.parametrize(
        ("lock", "arguments", "waits"),
        [
            ("dpkg/lock-frontend", "install -y", "Waiting for cache lock"),
            ("lists/lock", "update", "one more try"),
            ("cache/archives/lock", "install -y", "one more try"),
        ],
    )
    def test_it_goes_on_when_the_other_has_ended(self, folders, lock, arguments, waits):
        """apt's option waits for dpkg's lock alone: with it, the other two end an apt-get 2.6 at once."""
        with another(folders / lock) as holder:
            waiting = start(folders, arguments)
            line = next(line for line in waiting.stdout if waits in line)
            holder.stdin.close()
            rest = waiting.communicate(timeout=patience(60))[0]
        assert waiting.returncode == 0, line + rest


class TestOtherErrors:
    def test_end_after_five_tries(self, tmp_path):
        """A network that is not up yet gets some time, a package that does not exist no ten minutes."""
        server = StubServer(tmp_path)
        server.stub("apt-get", 'echo "E: Unable to locate package nft" >&2; exit 100')
        done = server.run(CALL.format(script=load("base.sh"), arguments="install -y nft"))
        assert done.returncode == 1
        assert len(server.calls) == 5
        assert done.stderr.count("E: Unable to locate package nft") == 5
        assert done.stderr.endswith("apt-get install failed: its errors are above\n")

    def test_a_lock_is_waited_for_ten_minutes_and_no_longer(self, tmp_path):
        server = StubServer(tmp_path)
        server.stub("apt-get", 'echo "E: Could not get lock /var/lib/apt/lists/lock" >&2; exit 100')
        jump = "sleep() {{ SECONDS=$((SECONDS + 100)); }}"
        script = CALL.replace("sleep() {{ echo 'one more try'; command sleep 0.1; }}", jump)
        done = server.run(script.format(script=load("base.sh"), arguments="update"))
        assert done.returncode == 1
        assert len(server.calls) == 7


def test_every_script_waits_its_turn():
    """A bare apt-get fails at once while another one holds a lock."""
    texts = {path.name: path.read_text() for path in Path(scripts.__file__).parent.glob("*.sh")}
    bare = [name for name, text in texts.items() if re.search(r"^[^#\n]*\bapt-get\b", text, re.MULTILINE)]
    assert bare == ["base.sh"]
