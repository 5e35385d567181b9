"""Remembers in the cache folder which parts passed, for which content, and how long they took."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.paths import cache_root


@dataclass(frozen=True, kw_only=True)
class Record:
    """The last run of a part.

    Args:
        key: The content that it ran on (tests/proof/content.py).
        passed: Whether every test passed.
        when: Local time at its end, to the minute.
        commit: What was checked out.
        seconds: How long it took.
        counts: Passed, failed and skipped tests.
    """

    key: str
    passed: bool
    when: str
    commit: str
    seconds: float
    counts: tuple[int, int, int]


class Memory:
    """One file per part, so that parts beside each other, and checkouts, do not wait for one another."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or cache_root() / "proofs"

    def last(self, name: str) -> Record | None:
        """The last run of a part; None where there was none, or its file can't be read."""
        try:
            row = json.loads((self.folder / f"{name}.json").read_text())
            return Record(**{**row, "counts": tuple(row["counts"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def proved(self, name: str, key: str) -> Record | None:
        """The last run where it passed on this content."""
        found = self.last(name)
        return found if found and found.passed and found.key == key else None

    def keep(self, name: str, record: Record) -> None:
        """Replace what was remembered of a part; a reader never sees half of it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self.folder / f".{name}.{os.getpid()}"
        partial.write_text(json.dumps(asdict(record)))
        partial.replace(self.folder / f"{name}.json")

    def forget(self, name: str) -> None:
        """The next run proves the part again."""
        (self.folder / f"{name}.json").unlink(missing_ok=True)
