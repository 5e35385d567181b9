"""Every call that reached a package, without values: secrets never reach a log."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One call: what, on which resource, in a preview or for real."""

    operation: str
    type: str
    name: str
    preview: bool


class Journal:
    """A list of entries that worker threads append to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []

    def add(self, operation: str, type_: str, name: str, *, preview: bool = False) -> None:
        """Appends one entry."""
        with self._lock:
            self._entries.append(Entry(operation=operation, type=type_, name=name, preview=preview))

    def entries(self, operation: str | None = None, *, preview: bool = False) -> list[Entry]:
        """Entries so far, of one operation if named."""
        with self._lock:
            found = list(self._entries)
        return [one for one in found if (operation is None or one.operation == operation) and one.preview == preview]

    def clear(self) -> None:
        """Forgets all."""
        with self._lock:
            self._entries.clear()
