"""Compute the result of a load test, and the rate that the plan's model predicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.sizing.plan import StackPlan


@dataclass(frozen=True, kw_only=True)
class LoadtestResult:
    """Hold a result with times in seconds; `seconds` runs from the first queued task to the end of the last one."""

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
        """Return tasks per second; 0 if none ended."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the fields and the rate."""
        return {**vars(self), "tasks_per_second": round(self.rate, 2)}


def read_result(progress: Mapping[str, int], measured: Mapping[str, Any]) -> LoadtestResult:
    """Build the result from the last two lines that the pod printed.

    Args:
        progress: the numbers of queued, finished and failed tasks.
        measured: the waiting and running times, in seconds.
    """
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
    """Return the nearest-rank quantile of sorted values; 0 if there are none."""
    if not values:
        return 0.0
    rank = -(-len(values) * percent // 100)  # rounded up
    return values[max(rank, 1) - 1]


def modelled_rate(plan: StackPlan, run_seconds: float) -> float:
    """Return the tasks per second that the first pool's planned workers manage, as long as the CPU is not the limit.

    The model is `processes / mean task seconds`. It was measured with tasks of 100 ms that wait for the network: 2
    processes did 17 to 18 tasks per second, 4 did 34 to 35, 8 did 53.

    Args:
        plan: the stack's plan.
        run_seconds: the mean duration of a task.
    """
    pool = plan.workers[0]
    processes = pool.concurrency * pool.workload.replicas.planned
    return processes / run_seconds if run_seconds > 0 else 0.0
