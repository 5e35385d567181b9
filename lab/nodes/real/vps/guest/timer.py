"""Timers that are started and never due: what they would start is started by hand."""

from __future__ import annotations

import time

from lab.nodes.real.vps.guest.units import Unit


class Timer:
    """One unit of that kind; `systemctl start` of its service does what the hour would do."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.state, self.result, self.since = "inactive", "success", time.time()
        self.main, self.status, self.restarts = None, "", 0

    async def start(self) -> bool:
        """It waits from now on."""
        self.state, self.since = "active", time.time()
        return True

    async def stop(self) -> None:
        """It waits no more."""
        self.state, self.since = "inactive", time.time()
