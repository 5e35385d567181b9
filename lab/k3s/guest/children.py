"""The programs that k3s consists of, as children that end with it."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_LOG_LIMIT = 64 * 1024 * 1024  # bytes; a log that is larger at a start begins anew
_END_SECONDS = 8
# They keep nothing in memory that is not in etcd, and the API server lingers on SIGTERM.
_KILLED = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
_LAST_LINES, _LONGEST_LINE = 3, 300


class Children:
    """Starts programs, notices the end of one, ends all. Pods' own processes are not among them."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        self.logs = logs
        self.environment = dict(environment)
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str]) -> None:
        """Starts a program whose output goes to `<name>.log`; the kernel ends it when k3s is killed."""
        self.logs.mkdir(parents=True, exist_ok=True)
        path = self.logs / f"{name}.log"
        mode = "wb" if path.exists() and path.stat().st_size > _LOG_LIMIT else "ab"
        with path.open(mode) as log:
            self._children[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
            )

    def ended(self) -> Iterator[tuple[str, int]]:
        """Names and exit codes of programs that ended by themselves."""
        for name, child in self._children.items():
            code = child.poll()
            if code is not None:
                yield name, code

    def last_lines(self, name: str) -> str:
        """The end of a program's output."""
        lines = (self.logs / f"{name}.log").read_text(errors="replace").splitlines()
        return "\n".join(line[:_LONGEST_LINE] for line in lines[-_LAST_LINES:])

    def stop(self) -> None:
        """Ends all, in the reverse order of their start; containers go on under their shims."""
        for name, child in reversed(self._children.items()):
            if child.poll() is None:
                child.send_signal(signal.SIGKILL if name in _KILLED else signal.SIGTERM)
        deadline = time.monotonic() + _END_SECONDS
        for child in self._children.values():
            try:
                child.wait(timeout=max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._children.clear()
