"""How much of the disk files use, and removing them."""

from __future__ import annotations

import os
from pathlib import Path

_BLOCK = 512  # the unit of st_blocks, whatever the file system's is
_MB = 10**6
_GB = 10**9


def used(path: Path) -> int:
    """Bytes on the disk of a file or of everything below a folder; holes don't count, hard links once."""
    return sum({(one.st_dev, one.st_ino): one.st_blocks * _BLOCK for one in _every(path)}.values())


def remove(path: Path) -> int:
    """Removes a file, a link or a folder; the bytes that this frees.

    A file that has another name somewhere else frees nothing.
    """
    if not path.is_dir() or path.is_symlink():
        return _unlink(path)
    freed = 0
    for folder, names, files in os.walk(path, topdown=True):
        Path(folder).chmod(0o700)  # Go's modules are read-only
        freed += sum(_unlink(Path(folder, name)) for name in files)
        freed += sum(_unlink(Path(folder, name)) for name in names if Path(folder, name).is_symlink())
    for folder, _, _ in os.walk(path, topdown=False):
        freed += os.lstat(folder).st_blocks * _BLOCK
        Path(folder).rmdir()
    return freed


def amount(size: int) -> str:
    """For people: `3.4 GB`, `120 MB`."""
    return f"{size / _GB:.1f} GB" if size >= _GB else f"{size / _MB:.0f} MB"


def _unlink(path: Path) -> int:
    try:
        found = path.lstat()
        path.unlink()
    except FileNotFoundError:
        return 0  # another process removes, too
    return found.st_blocks * _BLOCK if found.st_nlink == 1 else 0


def _every(path: Path) -> list[os.stat_result]:
    try:
        found = [path.lstat()]
    except FileNotFoundError:
        return []
    if path.is_symlink():
        return found
    for folder, names, files in os.walk(path):
        for name in (*names, *files):
            try:
                found.append(Path(folder, name).lstat())
            except FileNotFoundError:
                continue  # a running lab changes its files
    return found
