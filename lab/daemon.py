"""Starts, finds and stops the lab's one background process."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from infra.errors import Problem, StagecoachError
from lab.nodes.simulated.processes import alive
from lab.paths import REPOSITORY, full_disk_hint

_START_SECONDS = 180  # real servers boot
_STOP_SECONDS = 180  # and end their pods in good order


@dataclass(frozen=True, kw_only=True)
class Running:
    """What the lab's process says of itself."""

    pid: int
    debug_providers: str


class Daemon:
    """The process that plays the cloud, the servers and the provider plugins of one lab."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lock = root / "server.lock"
        self.status = root / "server.json"
        self.log = root / "server.log"

    def running(self) -> Running | None:
        """The process, or None: only its lock counts, a file left by a killed process does not."""
        if not self.lock.exists():
            return None
        with self.lock.open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return self._read()
        return None

    def _read(self) -> Running | None:
        try:
            return Running(**json.loads(self.status.read_text()))
        except (FileNotFoundError, json.JSONDecodeError, TypeError):
            return None

    def start(self) -> Running:
        """The running process, started if there is none.

        Raises:
            StagecoachError: it did not come up; the message has the last lines of its log.
        """
        found = self.running()
        if found:
            return found
        self.root.mkdir(parents=True, exist_ok=True)
        self.status.unlink(missing_ok=True)
        with self.log.open("w") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "lab.server", str(self.root)],
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and child.poll() is None:
            found = self.running()
            if found:
                return found
            time.sleep(0.05)
        child.kill()
        child.wait()
        raise StagecoachError("the lab's process did not start", [self._problem()])

    def _problem(self) -> Problem:
        lines = self.log.read_text(errors="replace").splitlines()[-12:]
        text = "\n    ".join(lines) or "nothing"
        hint = "Mend it and run `make up` again; `make reset` forgets the lab's state"
        if os.strerror(errno.ENOSPC) in text:
            hint = full_disk_hint()
        return Problem(path="lab.server", value="", allowed=f"its log ends with\n    {text}\n   ", hint=hint)

    def kill(self) -> bool:
        """Ends the process at once; what it started is the caller's to sweep. False if there was none."""
        return self._end(signal.SIGKILL)

    def stop(self) -> bool:
        """Ends the process and all it started, servers in good order; False if there was none."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> bool:
        found = self.running()
        if not found:
            return False
        os.kill(found.pid, number)
        deadline = time.monotonic() + _STOP_SECONDS
        while (self.running() or alive(found.pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        if alive(found.pid):
            os.kill(found.pid, signal.SIGKILL)
        self.status.unlink(missing_ok=True)
        return True
