"""Contracts of one pool of Celery workers: no task is lost, run twice, or killed while it could be recycled."""

from __future__ import annotations

from collections.abc import Iterator

from infra.sizing.celery_worker import GRACE_MARGIN, MASTER, eta_memory, longest_task
from infra.sizing.plan import Check, WorkerPlan
from infra.stack_file.stage_config import StageConfig

_SWEEP = 100  # seconds that kombu's sweep for lost tasks may take on top
# A lean app's child was measured at 90 MiB of RSS, a typical one's at 140: below that each child is recycled after each
# task.
_SMALLEST_CHILD_MIB = 96


def check_worker(stage: StageConfig, worker: WorkerPlan) -> Iterator[Check]:
    """Every contract of the pool."""
    path = f"overrides.pools.{worker.pool}"
    yield _visibility(stage, worker)
    yield Check(
        name=f"soft-time-limit/{worker.pool}",
        ok=worker.soft_time_limit < worker.time_limit,
        reason=f"soft time limit {worker.soft_time_limit} s < time limit {worker.time_limit} s, so that a task is told "
        "before it is killed",
        field=f"{path}.soft_time_limit",
    )
    yield _grace(worker, path)
    yield Check(
        name=f"delivery/{worker.pool}",
        ok=worker.reject_on_worker_lost,
        reason="acks_late with reject_on_worker_lost: a killed child's task is delivered again",
        field=f"{path}.reject_on_worker_lost",
    )
    yield _memory(worker, path)


def _visibility(stage: StageConfig, worker: WorkerPlan) -> Check:
    """A task waits for its ETA, then for those before it, then it runs: it is not acknowledged meanwhile."""
    longest = longest_task(worker) * worker.prefetch_multiplier + stage.longest_countdown
    prefetched = f", {worker.prefetch_multiplier} held at once" if worker.prefetch_multiplier > 1 else ""
    prefetched += f", after a countdown of {stage.longest_countdown} s" if stage.longest_countdown else ""
    return Check(
        name=f"visibility-timeout/{worker.pool}",
        ok=worker.visibility_timeout > longest + _SWEEP,
        reason=f"visibility timeout {worker.visibility_timeout} s > longest task {longest} s{prefetched} + "
        f"{_SWEEP} s, or Redis hands a running task to a second worker",
        field="overrides.visibility_timeout",
    )


def _memory(worker: WorkerPlan, path: str) -> Check:
    """The parent holds tasks that wait for their time; children are recycled before they take its room."""
    limit = worker.workload.container("worker").limits.memory or MASTER
    children, held = worker.max_memory_per_child * worker.concurrency, eta_memory(worker.eta_task_limit)
    return Check(
        name=f"children-memory/{worker.pool}",
        ok=worker.max_memory_per_child.whole_mib >= _SMALLEST_CHILD_MIB and children + MASTER + held < limit,
        reason=f"{worker.concurrency} children x {worker.max_memory_per_child} + parent {MASTER} + {held} for "
        f"{worker.eta_task_limit} tasks with an ETA < limit {limit}, and a child has at least {_SMALLEST_CHILD_MIB}Mi",
        field=f"{path}.memory_limit",
    )


def _grace(worker: WorkerPlan, path: str) -> Check:
    """Either a task may end, or the soft shutdown gives it back."""
    soft, longest = worker.soft_shutdown_timeout, longest_task(worker)
    needed = (soft or longest) + GRACE_MARGIN
    what = f"soft shutdown {soft} s" if soft else f"time limit {longest} s, there being no soft shutdown,"
    return Check(
        name=f"grace-period/{worker.pool}",
        ok=worker.grace_period >= needed,
        reason=f"grace period {worker.grace_period} s >= {what} + {GRACE_MARGIN} s, so that unfinished tasks go back "
        "to the queue before the kill",
        field=f"{path}.grace_period",
    )
