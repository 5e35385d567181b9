"""List how long each step of an update takes, with the source of each number.

Where no provider publishes a number and nobody has measured one, the source says "assumed".
"""

from __future__ import annotations

import math

from infra.assumption import Assumption
from infra.clouds import CLOUDS
from infra.names import DJANGO, PGBOUNCER, POSTGRES, REDIS_BROKER, REDIS_CACHE

BOOT = Assumption(what="the machine boots until SSH answers", seconds=30, source="assumed for a cloud's Debian 12")
NODE_READY = Assumption(
    what="k3s starts until its node is Ready",
    seconds=10.3,
    source="measured with `make bench` on a real server of the lab, 2026-11-24",
)
PODS = Assumption(
    what="Postgres, Redis and Django start until the shop answers",
    seconds=60,
    source="assumed; tests/real/test_bad_days.py allows 240 s after a power cut, boot included",
)

# A workload with a single pod stops before its new pod starts. Each number covers the stop, the start, and one period
# of the readiness probe (tests/updates/changes/test_assumptions.py keeps them above the probes' periods).
RESTART = {
    POSTGRES: Assumption(
        what="Postgres restarts", seconds=30, source="assumed: a fast shutdown, then probes of 5 and 10 s"
    ),
    REDIS_BROKER: Assumption(
        what="the broker restarts", seconds=20, source="assumed: its file is read again, then probes of 2 and 10 s"
    ),
    REDIS_CACHE: Assumption(what="the cache restarts", seconds=15, source="assumed: empty, then probes of 2 and 10 s"),
}
OTHER_RESTART = Assumption(
    what="a pod restarts", seconds=15, source="assumed: one start of a Python program, one probe"
)
# The shop can't show a page or take an order while one of these is down.
NEEDED = ("traefik", PGBOUNCER, POSTGRES, REDIS_BROKER, REDIS_CACHE, DJANGO)


def resized(provider: str) -> tuple[Assumption, ...]:
    """Return the steps of a resize, from power-off until the shop answers."""
    return (CLOUDS[provider].resize, BOOT, NODE_READY, PODS)


def total(parts: tuple[Assumption, ...]) -> int:
    """Return the sum of the parts in whole seconds, rounded up."""
    return math.ceil(sum(part.seconds for part in parts))
