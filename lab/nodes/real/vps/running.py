"""Finds a server's process outside again; a file that a killed one left behind does not count."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from lab.nodes.real.vps.record import RUNNING

MODULE = "lab.nodes.real.vps.hypervisor"


@dataclass(frozen=True, kw_only=True)
class Running:
    """A running server: the process outside, its first process (both as this machine counts), its address."""

    pid: int
    init: int
    address: str
    ports: dict[int, int]


def find(folder: Path) -> Running | None:
    """The running server of a folder, or None."""
    try:
        row = json.loads((folder / RUNNING).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    if not is_hypervisor(row["pid"], folder):
        return None
    ports = {int(port): here for port, here in row["ports"].items()}
    return Running(pid=row["pid"], init=row["init"], address=row["address"], ports=ports)


def is_hypervisor(pid: int, folder: Path) -> bool:
    """Whether that process is this folder's; an id may have been given to another program."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return MODULE.encode() in words and os.fsencode(folder) in words
