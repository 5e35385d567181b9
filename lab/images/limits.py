"""Limits of open files and processes that a build can have without the right to raise any."""

from __future__ import annotations

import resource
from pathlib import Path

# Of containers/common, which buildah uses (`oldMaxSize`).
_MOST = 1 << 20
_PID_MAX = Path("/proc/sys/kernel/pid_max")


def ulimits(own: dict[str, tuple[int, int]], pid_max: int) -> list[str]:
    """Options of buildah.

    Without them newer versions raise the limits, and every version lowers its own of processes to `pid_max` before it
    starts a step. A root without CAP_SYS_RESOURCE may raise neither, so a step gets no more than what is left.

    Args:
        own: This process's soft and hard limit by name; negative is unlimited.
        pid_max: Identifiers for processes that the kernel has.
    """
    ceilings = {"nproc": min(pid_max, _MOST)}
    return [
        "--ulimit={}={}:{}".format(name, *(_lowered(value, ceilings.get(name, _MOST)) for value in limits))
        for name, limits in own.items()
    ]


def build_ulimits() -> list[str]:
    """Those for this process on this machine."""
    kinds = {"nofile": resource.RLIMIT_NOFILE, "nproc": resource.RLIMIT_NPROC}
    own = {name: resource.getrlimit(kind) for name, kind in kinds.items()}
    return ulimits(own, int(_PID_MAX.read_text()))


def _lowered(value: int, ceiling: int) -> int:
    return ceiling if value < 0 else min(value, ceiling)
