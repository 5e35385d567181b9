"""What a load test measured, beside what the plan's model says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.sizing.plan import StackPlan


@dataclass(frozen=True, kw_only=True)
class LoadtestResult:
    """Times in seconds; `seconds` is from the first task queued to the last one ended."""

    queued: int
    done: int
    failed: int
    seconds: float
    wait_p50: float
    wait_p95: float
    wait_max: float
    run_mean: float

    @property
    def rate(self) -> float:
        """Tasks per second; 0 where none ended."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    def to_json(self) -> dict[str, Any]:
        """The fields and the rate."""
        return {**vars(self), "tasks_per_second": round(self.rate, 2)}


def read_result(progress: Mapping[str, int], measured: Mapping[str, Any]) -> LoadtestResult:
    """From the pod's last two lines."""
    waits, runs = sorted(measured["waits"]), measured["runs"]
    return LoadtestResult(
        queued=progress["queued"],
        done=progress["done"],
        failed=progress["failed"],
        seconds=float(measured["seconds"]),
        wait_p50=quantile(waits, 50),
        wait_p95=quantile(waits, 95),
        wait_max=waits[-1] if waits else 0.0,
        run_mean=sum(runs) / len(runs) if runs else 0.0,
    )


def quantile(values: Sequence[float], percent: int) -> float:
    """The nearest rank of sorted values; 0 where there are none."""
    if not values:
        return 0.0
    rank = -(-len(values) * percent // 100)  # rounded up
    return values[max(rank, 1) - 1]


def modelled_rate(plan: StackPlan, run_seconds: float) -> float:
    """Tasks per second of the planned workers of the first pool, until the CPU runs out.

    `processes / mean task seconds`: domain facts 4.6, measured with tasks that wait for the network.
    """
    pool = plan.workers[0]
    processes = pool.concurrency * pool.workload.replicas.planned
    return processes / run_seconds if run_seconds > 0 else 0.0
