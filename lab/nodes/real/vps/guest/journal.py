"""What services print, one file per unit on the guest's disk."""

from __future__ import annotations

import time
from pathlib import Path
from typing import IO

FOLDER = Path("/var/log/journal")
_ROTATE_BYTES = 16 << 20


def path(unit: str) -> Path:
    """The unit's file."""
    return FOLDER / f"{unit}.log"


def opened(unit: str) -> IO[bytes]:
    """For a program's output; a large file becomes the old one first."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = path(unit)
    if file.exists() and file.stat().st_size > _ROTATE_BYTES:
        file.replace(file.with_suffix(".log.1"))
    return file.open("ab", buffering=0)


def say(unit: str, text: str) -> None:
    """A line of the init system's own about a unit."""
    stamp = time.strftime("%b %d %H:%M:%S", time.gmtime())
    with opened(unit) as file:
        file.write(f"{stamp} systemd[1]: {text}\n".encode())


def tail(unit: str, count: int) -> list[str]:
    """The last lines of a unit."""
    return path(unit).read_text(errors="replace").splitlines()[-count:] if path(unit).exists() else []
