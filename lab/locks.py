"""One process at a time for what several would make in the one cache."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from lab.paths import cache_root


@contextmanager
def cache_lock(name: str) -> Iterator[None]:
    """Waits for its turn; the kernel drops the lock of a killed process."""
    path = cache_root() / "locks" / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
