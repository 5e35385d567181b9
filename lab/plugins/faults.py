"""Faults on demand: what a cloud does on a bad day."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Strikes `times` calls of `operation` on resources whose URN contains `match`."""

    operation: str
    match: str
    message: str = "injected fault: the API answered 503"
    after: bool = False  # True: the thing was done before the answer was lost
    delay: float = 0  # seconds before it strikes
    times: int = 1


class InjectedError(Exception):
    """The fault's message."""


class Faults:
    """Rules that worker threads consult; each is used up after its number of strikes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[Fault, int] = {}

    def add(self, fault: Fault) -> None:
        """Arms one fault."""
        with self._lock:
            self._left[fault] = fault.times

    def armed(self) -> list[Fault]:
        """Faults that have not struck as often as they will."""
        with self._lock:
            return [fault for fault, left in self._left.items() if left > 0]

    def clear(self) -> None:
        """Disarms all."""
        with self._lock:
            self._left.clear()

    def strike(self, operation: str, urn: str, *, after: bool) -> None:
        """Raises InjectedError if a rule matches; called before and after the operation."""
        with self._lock:
            rules = [rule for rule in self._left if self._left[rule] > 0]
            hit = next(
                (one for one in rules if (one.operation, one.after) == (operation, after) and one.match in urn), None
            )
            if hit is None:
                return
            self._left[hit] -= 1
        time.sleep(hit.delay)
        raise InjectedError(hit.message)
