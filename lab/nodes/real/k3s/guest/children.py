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
        self._again: dict[str, tuple[str, Sequence[str]]] = {}

    def start(self, name: str, command: Sequence[str], again_after: str = "") -> None:
        """Starts a program whose output goes to `<name>.log`; the kernel ends it when k3s is killed.

        One that ends with the words `again_after` in its last lines only came too early: `started_again`.
        """
        self._again[name] = again_after, command
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
        for name, child in list(self._children.items()):
            code = child.poll()
            if code is not None:
                yield name, code

    def started_again(self, name: str) -> bool:
        """Starts a program anew that ended because it came too early; False for one that ended for good."""
        words, command = self._again[name]
        if not words or words not in "\n".join(self._lines(name)[-_LAST_LINES:]):
            return False
        self.start(name, command, words)
        return True

    def _lines(self, name: str) -> list[str]:
        return (self.logs / f"{name}.log").read_text(errors="replace").splitlines()

    def last_lines(self, name: str) -> str:
        """The end of a program's output."""
        return "\n".join(line[:_LONGEST_LINE] for line in self._lines(name)[-_LAST_LINES:])

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
