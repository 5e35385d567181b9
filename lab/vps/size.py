"""The size of a server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Size:
    """What an instance type has, nominally; the disk is the root disk."""

    vcpu: int
    memory_mib: int
    disk_gb: int
