"""Check the contracts of one pool of workers, so that no task is lost, run twice, or killed needlessly."""

from __future__ import annotations

from collections.abc import Iterator

from infra.sizing.celery_worker import GRACE_MARGIN, MASTER, eta_memory, longest_task
from infra.sizing.plan import Check, WorkerPlan
from infra.stack_file.stage_config import StageConfig

_SWEEP = 100  # seconds by which kombu's sweep for lost tasks may be late
# A child process of a lean app was measured at 90 MiB of RSS, one of a typical app at 140. With a lower bound Celery
# would recycle every child after each task.
_SMALLEST_CHILD_MIB = 96


def check_worker(stage: StageConfig, worker: WorkerPlan) -> Iterator[Check]:
    """Yield every contract of the pool.

    Args:
        stage: The stage.
        worker: The plan of the pool.
    """
    path = f"overrides.pools.{worker.pool}"
    yield _visibility(stage, worker)
    yield Check(
        name=f"soft-time-limit/{worker.pool}",
        ok=worker.soft_time_limit < worker.time_limit,
        reason=f"the soft time limit is {worker.soft_time_limit} s; it must be shorter than the time limit, "
        f"{worker.time_limit} s, so that a task gets SoftTimeLimitExceeded before it is killed",
        field=f"{path}.soft_time_limit",
    )
    yield _grace(worker, path)
    yield Check(
        name=f"delivery/{worker.pool}",
        ok=worker.reject_on_worker_lost,
        reason=f"reject_on_worker_lost is {'on' if worker.reject_on_worker_lost else 'off'}; it must be on, so that a "
        "killed child's task is delivered again",
        field=f"{path}.reject_on_worker_lost",
    )
    yield _memory(worker, path)


def _visibility(stage: StageConfig, worker: WorkerPlan) -> Check:
    """Check the visibility timeout: an unacknowledged task waits for its ETA and for other tasks, then it runs."""
    task, held, countdown = longest_task(worker), worker.prefetch_multiplier, stage.longest_countdown
    needed = task * held + countdown + _SWEEP
    parts = f"{held} x the longest task, {task} s" if held > 1 else f"the longest task, {task} s"
    parts += f", after a countdown of {countdown} s" if countdown else ""
    return Check(
        name=f"visibility-timeout/{worker.pool}",
        ok=worker.visibility_timeout > needed,
        reason=f"the visibility timeout is {worker.visibility_timeout} s; it must be longer than {needed} s ({parts}, "
        f"and {_SWEEP} s), or Redis hands a running task to a second worker",
        field="overrides.visibility_timeout",
    )


def _memory(worker: WorkerPlan, path: str) -> Check:
    """Check that Celery recycles its children before they need memory that the parent needs for tasks with an ETA."""
    limit = worker.workload.container("worker").limits.memory or MASTER
    children, held = worker.max_memory_per_child * worker.concurrency, eta_memory(worker.eta_task_limit)
    return Check(
        name=f"children-memory/{worker.pool}",
        ok=worker.max_memory_per_child.whole_mib >= _SMALLEST_CHILD_MIB and children + MASTER + held < limit,
        reason=f"the memory limit is {limit}; it must be above {children + MASTER + held}: {worker.concurrency} "
        f"children x {worker.max_memory_per_child}, {MASTER} for the parent, {held} for {worker.eta_task_limit} tasks "
        f"with an ETA. A child needs at least {_SMALLEST_CHILD_MIB}Mi",
        field=f"{path}.memory_limit",
    )


def _grace(worker: WorkerPlan, path: str) -> Check:
    """Check the grace period: a task has time to end, or the soft shutdown has time to return it to the queue."""
    soft, longest = worker.soft_shutdown_timeout, longest_task(worker)
    needed = (soft or longest) + GRACE_MARGIN
    what = f"the soft shutdown, {soft} s" if soft else f"the time limit, {longest} s, as there is no soft shutdown"
    return Check(
        name=f"grace-period/{worker.pool}",
        ok=worker.grace_period >= needed,
        reason=f"the grace period is {worker.grace_period} s; it must be at least {needed} s ({what}, and "
        f"{GRACE_MARGIN} s), so that unfinished tasks go back to the queue before the kill",
        field=f"{path}.grace_period",
    )
