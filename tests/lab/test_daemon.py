"""Only a held lock counts as a running lab; files of a killed process do not."""

import fcntl
import json
import subprocess
import sys
import time

import pytest

from infra.errors import StagecoachError
from lab import daemon
from lab.daemon import Daemon
from tests.waiting import patience

SERVER = """
import fcntl, json, os, sys, time
lock = open(sys.argv[1] + "/server.lock", "a")
fcntl.flock(lock, fcntl.LOCK_EX)
open(sys.argv[1] + "/server.json", "w").write(json.dumps({"pid": os.getpid(), "debug_providers": "hcloud:1"}))
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture
def serving(tmp_path):
    """A process that holds a lab's lock as lab.server does."""
    child = subprocess.Popen([sys.executable, "-c", SERVER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "up\n"
    yield child
    child.kill()
    child.wait()
    child.stdout.close()


class TestDaemon:
    def test_nothing_runs(self, tmp_path):
        """A fresh folder has no process, and stopping it is no error."""
        assert Daemon(tmp_path).running() is None
        assert Daemon(tmp_path).stop() is False

    def test_finds_the_process(self, tmp_path, serving):
        """Its own words are read from its file."""
        assert Daemon(tmp_path).running() == daemon.Running(pid=serving.pid, debug_providers="hcloud:1")

    def test_killed_process_is_not_running(self, tmp_path, serving):
        """The kernel dropped its lock; the file it left says nothing."""
        serving.kill()
        serving.wait()
        assert (tmp_path / "server.json").exists()
        assert Daemon(tmp_path).running() is None

    def test_stop_ends_it(self, tmp_path, serving):
        """SIGTERM, and the lock is free."""
        assert Daemon(tmp_path).stop() is True
        assert serving.wait(timeout=patience(5)) == -15
        with (tmp_path / "server.lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def test_broken_status_file_is_no_traceback(self, tmp_path, serving):
        """A half-written file reads as not there yet."""
        (tmp_path / "server.json").write_text(json.dumps({"pid": 1})[:4])
        assert Daemon(tmp_path).running() is None

    def test_failed_start_shows_the_log(self, tmp_path, monkeypatch):
        """The message ends with the process's own last lines."""
        monkeypatch.setattr(daemon.sys, "executable", "/bin/sh")
        started = time.monotonic()
        with pytest.raises(StagecoachError, match="did not start"):
            Daemon(tmp_path).start()
        assert time.monotonic() - started < daemon._START_SECONDS
