"""The main thread: waits for things to come true, for a signal, or for a child's end."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable

from lab.nodes.real.k3s.guest import log
from lab.nodes.real.k3s.guest.children import Children
from lab.nodes.real.k3s.guest.refusal import RefusalError

_PAUSE = 0.5  # seconds between two looks at the children


class StoppedError(Exception):
    """The service manager asked k3s to stop."""


class Lifecycle:
    """One run of k3s."""

    def __init__(self, children: Children) -> None:
        self.children = children
        self._stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: self._stopped.set())

    def wait(self, condition: Callable[[], bool], pause: float = 0.1) -> None:
        """Returns when the condition holds.

        Raises:
            StoppedError: a signal came first.
            RefusalError: a child ended by itself, and k3s ends with it.
        """
        while not condition():
            if self._stopped.wait(pause):
                raise StoppedError
            for name, code in self.children.ended():
                if self.children.started_again(name):
                    continue
                raise RefusalError(f"{name} ended with {code}; it said: {self.children.last_lines(name)}")

    def pause(self, seconds: float) -> None:
        """Waits so long, as `wait` does."""
        end = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() >= end, _PAUSE)

    def forever(self) -> None:
        """Until a signal or a child's end."""
        self.wait(lambda: False, _PAUSE)

    def repeat(self, name: str, look: Callable[[], float]) -> None:
        """Calls `look` on a thread again and again; it says after how many seconds the next time is."""

        def run() -> None:
            said = ""
            while True:
                try:
                    seconds, text = look(), ""
                except Exception as error:  # noqa: BLE001  the API server may be away, a file half-written
                    seconds, text = 2.0, f"{name}: {error}"
                if text != said and text:
                    log.error(text)
                said = text
                if self._stopped.wait(seconds):
                    return

        threading.Thread(target=run, name=name, daemon=True).start()
