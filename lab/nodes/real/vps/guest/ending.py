"""Ends a service's processes as its KillMode says."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

from lab.nodes.real.vps.guest import cgroup, journal
from lab.nodes.real.vps.guest.units import Unit

_TIMEOUT_SECONDS = 90.0  # systemd's DefaultTimeoutStopSec


async def end(unit: Unit, group: str, main: int) -> None:
    """Returns when those that KillMode names are gone; after TimeoutStopSec they are killed."""
    mode = unit.last("Service", "KillMode", "control-group")
    limit = unit.seconds("Service", "TimeoutStopSec", _TIMEOUT_SECONDS)
    deadline = None if limit is None else time.monotonic() + limit
    _send(targets(mode, group, main), signal.Signals[unit.last("Service", "KillSignal", "SIGTERM")])
    while left := targets(mode, group, main):
        if deadline and time.monotonic() > deadline:
            journal.say(unit.name, f"{unit.name}: State 'stop-sigterm' timed out. Killing.")
            _send(left, signal.SIGKILL)
            deadline = None
        await asyncio.sleep(0.02)
    if mode == "mixed":
        cgroup.kill(group)


def targets(mode: str, group: str, main: int) -> list[int]:
    """Whom the signal goes to, and whose end is waited for."""
    own = [main] if main and alive(main) else []
    if mode == "none":
        return []
    if mode in ("process", "mixed"):
        return own
    return cgroup.processes(group)


def alive(pid: int) -> bool:
    """Whether that process runs; one that nobody has buried yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _send(pids: list[int], number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
