"""Gives the space of deleted files back to this machine, whose files the disks are."""

from __future__ import annotations

import subprocess

_SECONDS = 20


def trim(point: str) -> None:
    """Punch holes where a mounted file system is free; nothing happens where this machine's disk takes none."""
    try:
        subprocess.run(
            ["fstrim", "--quiet-unsupported", point], check=False, stderr=subprocess.DEVNULL, timeout=_SECONDS
        )
    except subprocess.TimeoutExpired:
        return  # the power goes off all the same
