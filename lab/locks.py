"""One at a time between processes: the kernel drops the lock of a killed one."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from lab.paths import cache_root


@contextmanager
def cache_lock(name: str) -> Iterator[None]:
    """Waits until no other process holds the lock of that name, and says that it waits."""
    path = cache_root() / "locks" / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write(f"{name}: another process is at it, waiting\n")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
