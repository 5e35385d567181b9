"""How long a simulated server boots: until then nobody can log in."""

from __future__ import annotations

import threading
import time

SECONDS = 1.0  # a real one takes twenty and more; long enough for an update to come too early


class Boots:
    """Servers that boot, by address; a lab's process that starts again finds all of them up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, float] = {}

    def began(self, address: str) -> None:
        """Powered on now."""
        with self._lock:
            self._until[address] = time.monotonic() + SECONDS

    def moved(self, old: str, new: str) -> None:
        """The server is reached under another address."""
        with self._lock:
            if old in self._until:
                self._until[new] = self._until.pop(old)

    def left(self, address: str) -> float:
        """Seconds until SSH answers; 0 if it does."""
        with self._lock:
            return max(0.0, self._until.get(address, 0.0) - time.monotonic())

    def wait(self, address: str) -> None:
        """Returns when SSH answers."""
        time.sleep(self.left(address))
