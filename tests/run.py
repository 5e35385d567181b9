"""`make test`: what a change can break, part by part; the last lines name what failed.

The long proofs are `make proof` (tests/proof).  `python -m tests.run builds` only builds and installs.
"""

from __future__ import annotations

import sys
import time

from tests.suite.part import Part, programs, pytest_part, real_servers, root
from tests.suite.running import run_at_once
from tests.suite.summary import machine, summarize

Steps = tuple[tuple[Part, ...], ...]
_DISK = "from lab.nodes.real.vps.machine_image import ensure_machine_image; ensure_machine_image()"
_SERVERS = programs(
    "redis-server",
    "postgres",
    "pgbouncer",
    "promtool",
    "amtool",
    "prometheus-node-exporter",
    "prometheus-postgres-exporter",
    "prometheus-redis-exporter",
)
_SHOP = ("addresses", "traefik", "alerts", "bad_days", "policies", "shop", "operate")
_REAL = tuple(f"tests/real/test_{name}.py" for name in _SHOP)
# Compilers take every core, the part that makes images takes one and waits for the network.
BUILDS: tuple[Part, ...] = (
    Part(name="build the engine and Kubernetes", command=(sys.executable, "-m", "lab.toolchain")),
    Part(name="make the images", command=(sys.executable, "-m", "lab.images"), needs=root),
    Part(name="make the servers' disk", command=(sys.executable, "-c", _DISK), needs=root),
    Part(name="install checkov", command=(sys.executable, "-m", "tests.manifests.checkov")),
)
# One step after the other; the parts of a step at once.
STEPS: Steps = (
    (Part(name="lint", command=(".venv/bin/ruff", "check", ".")),),
    (Part(name="format", command=(".venv/bin/ruff", "format", "--check", ".")),),
    BUILDS,
    # A real server waits more than it works, so the others have its processors; what needs nothing but processors is
    # niced and has the rest.
    (
        pytest_part("one shop on a real server, and its way in", "-m", "vps and not proof", *_REAL, needs=real_servers),
        pytest_part("real Pulumi engine, the main way", "-m", "engine and not proof", "tests/engine"),
        pytest_part(
            "real Redis, Celery, Postgres, Prometheus",
            "-m",
            "(redis or postgres or monitoring or promtool) and not proof",
            "tests",
            needs=_SERVERS,
        ),
        pytest_part(
            "checkov, workflows, stack files",
            "-m",
            "(checkov or actionlint or stackfile) and not proof",
            "tests",
            nice=True,
        ),
        Part(name="types", command=("nice", "-n", "10", ".venv/bin/mypy")),
        pytest_part("unit tests", "-n", "auto", "--dist", "worksteal", "-m", "not needs", "tests", nice=True),
    ),
)


def main(steps: Steps = STEPS) -> int:
    """0 if every part passed."""
    started = time.monotonic()
    print(machine(), flush=True)
    outcomes = [outcome for step in steps for outcome in run_at_once(step)]
    return summarize(outcomes, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main((BUILDS,) if sys.argv[1:] == ["builds"] else STEPS))
