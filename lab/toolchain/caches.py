"""Go's modules and compiled packages: gigabytes that nobody needs once the programs are there."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.disk_use import amount, remove
from lab.locks import free_lock, shared_lock
from lab.paths import cache_root

_LOCK = "go"


def go_cache() -> Path:
    """The folder of both."""
    return cache_root() / "go"


@contextmanager
def used_go_caches() -> Iterator[None]:
    """Nobody removes them while the block runs, in any process."""
    with shared_lock(_LOCK):
        yield


@contextmanager
def go_caches() -> Iterator[None]:
    """Builds all programs of somebody in one block: when it ends well, the caches that they share go.

    They stay where another process builds, and after an error: the next build goes on where this one stood.
    """
    with used_go_caches():
        yield
    freed = remove_go_caches()
    if freed:
        sys.stderr.write(f"Go's modules and compiled packages are not needed any more: {amount(freed)} freed\n")


def remove_go_caches() -> int:
    """Bytes that were freed; 0 where somebody builds."""
    with free_lock(_LOCK) as free:
        if free and go_cache().exists():
            # Renamed first: Go believes what it finds, also half of a module that a kill left.
            go_cache().rename(go_cache().with_name(f"go-{os.getpid()}.gone"))
    return sum(remove(path) for path in cache_root().glob("go-*.gone"))
