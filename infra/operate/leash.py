"""End a pod when the command that made it is gone."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Self

_BEAT_SECONDS = 10.0
_ENDING = (signal.SIGTERM, signal.SIGHUP)


class Leash:
    """Write a beat to the pod's first process; without beats, the pod ends itself (one_off_hold.py)."""

    def __init__(self, command: Sequence[str], seconds: float = _BEAT_SECONDS) -> None:
        """Prepare the beats; nothing runs yet.

        Args:
            command: `kubectl attach` with the pod's standard input.
            seconds: the time between two beats.
        """
        self._command, self._seconds = list(command), seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._hold, name="leash", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _hold(self) -> None:
        """Write beats, and attach again if the connection is lost."""
        while not self._stop.is_set():
            child = subprocess.Popen(
                self._command,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl+C is meant for the command in the pod
            )
            with suppress(OSError), child:
                try:
                    self._beat(child)
                finally:
                    child.kill()
            self._stop.wait(self._seconds)

    def _beat(self, child: subprocess.Popen[bytes]) -> None:
        while child.poll() is None and child.stdin:
            child.stdin.write(b"\n")
            if self._stop.wait(self._seconds):
                return


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Turn SIGTERM and a closed terminal into an exception, so that clean-up code runs."""

    def end(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {one: signal.signal(one, end) for one in _ENDING}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
