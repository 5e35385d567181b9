"""One at a time between processes: the kernel drops the lock of a killed one."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from lab.paths import cache_root


@contextmanager
def shared_lock(name: str) -> Iterator[None]:
    """Holds it together with others; waits while somebody has it alone."""
    with _file(name) as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield


@contextmanager
def free_lock(name: str) -> Iterator[bool]:
    """Whether nobody else holds the lock; then it is held alone for as long as the block runs."""
    with _file(name) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def cache_lock(name: str) -> Iterator[None]:
    """Waits until no other process holds the lock of that name, and says that it waits."""
    with _file(name) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write(f"{name}: another process is at it, waiting\n")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _file(name: str) -> IO[str]:
    path = cache_root() / "locks" / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("w")
