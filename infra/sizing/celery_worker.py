"""A pool of Celery workers: the stage's numbers, and the timeouts and memory bounds that follow from them."""

from __future__ import annotations

from infra.names import CELERY_WORKER
from infra.sizing.build import container, with_scratch, workload
from infra.sizing.number import Number, fixed, memory
from infra.sizing.plan import WorkerPlan
from infra.sizing.reason import DECIDED, Reasons, counted, of_stage, reason
from infra.sizing.scaled import scaled_replicas
from infra.stack_file.stage_config import PoolConfig
from infra.units import Memory

MASTER = Memory.mib(130)  # the prefork parent of a typical app, measured
# Of the parent, for each task that it holds until its time has come: measured 13.8 KiB with an argument of 1,000
# characters, 8.7 with a number (docs/adr/0037-eta-tasks.md has the measurement).
_ETA_TASK = Memory(14 * 1024)
_CHILD_PERCENT = 90  # of an even share: a child is recycled only after the task that crossed the bound
_MAX_TASKS_PER_CHILD = 500
GRACE_MARGIN = 30  # seconds for the restore and the exit
_WORKER = "the tier guide's worker; measured: 158 MiB and 87 for each process of a typical app"
_ROLLS = "workers roll one by one and without a surge, so that a rollout needs no room"
_ENDS = f"running tasks get their time, then {GRACE_MARGIN} s for the way back to the queue and the exit"


def size_celery_worker(
    pool: PoolConfig, *, default: bool, maximum: int, visibility_timeout: int, node_role: str
) -> WorkerPlan:
    """One Deployment; rolls with surge 0, so that a rollout needs no room."""
    path = f"pools.{pool.name}"
    name = CELERY_WORKER if default else f"{CELERY_WORKER}-{pool.name}"
    worker = container(
        "worker",
        of_stage(f"{path}.cpu_request", pool.cpu_request),
        of_stage(f"{path}.memory_request", pool.memory_request),
        of_stage(f"{path}.memory_limit", pool.memory_limit),
        _WORKER,
        cpu_limit=of_stage(f"{path}.cpu_limit", pool.cpu_limit),
    )
    tmp = of_stage(f"{path}.tmp_size", pool.tmp_size)
    replicas = scaled_replicas(pool.replicas, path=f"{path}.replicas", maximum=maximum, surge=0, rolls=_ROLLS)
    grace, child = _grace(pool), child_memory(pool.memory_limit, pool.concurrency, path)
    return WorkerPlan(
        workload=workload(name, "Deployment", with_scratch(worker, tmp), replicas=replicas, node_role=node_role),
        pool=pool.name,
        queues=pool.queues,
        concurrency=pool.concurrency,
        prefetch_multiplier=pool.prefetch_multiplier,
        eta_task_limit=pool.eta_task_limit,
        reject_on_worker_lost=pool.reject_on_worker_lost,
        max_tasks_per_child=_MAX_TASKS_PER_CHILD,
        max_memory_per_child=child.memory,
        time_limit=pool.time_limit,
        soft_time_limit=pool.soft_time_limit,
        longest_time_limit=pool.longest_time_limit,
        soft_shutdown_timeout=pool.soft_shutdown_timeout,
        grace_period=grace.value,
        visibility_timeout=visibility_timeout,
        reasons=(
            reason("max_memory_per_child", child.memory, child, "the kernel must not kill what Celery can recycle"),
            *counted("a bound on what leaks", max_tasks_per_child=fixed(_MAX_TASKS_PER_CHILD)),
            *counted(_ENDS, grace_period=grace),
            *_decided(pool, visibility_timeout),
        ),
    )


def child_memory(limit: Memory, concurrency: int, path: str = "") -> Number:
    """(limit - parent) * 0.9 / children, in whole MiB; 0 where nothing is left."""
    room = of_stage(f"{path}.memory_limit", limit) - memory("parent process", MASTER, "measured")
    children = of_stage(f"{path}.concurrency", concurrency)
    if room.value < 0:
        return fixed(0, "Mi")
    return room.percent(_CHILD_PERCENT) // children


def eta_memory(tasks: int) -> Memory:
    """What the parent takes for so many tasks that wait for their time, in whole MiB."""
    return Memory.mib((_ETA_TASK * tasks).whole_mib + 1)


def longest_task(pool: PoolConfig | WorkerPlan) -> int:
    """Seconds after which any task of the pool is ended, also one with a time limit of its own."""
    return max(pool.time_limit, pool.longest_time_limit or 0)


def _grace(pool: PoolConfig) -> Number:
    """Without a soft shutdown a task is let run to its end."""
    path = f"pools.{pool.name}"
    if pool.grace_period is not None:
        return of_stage(f"{path}.grace_period", pool.grace_period, "s")
    if pool.soft_shutdown_timeout:
        return of_stage(f"{path}.soft_shutdown_timeout", pool.soft_shutdown_timeout, "s") + GRACE_MARGIN
    name = "longest_time_limit" if (pool.longest_time_limit or 0) > pool.time_limit else "time_limit"
    return of_stage(f"{path}.{name}", longest_task(pool), "s") + GRACE_MARGIN


def _decided(pool: PoolConfig, visibility_timeout: int) -> Reasons:
    path = f"pools.{pool.name}"
    seconds = {
        field: of_stage(f"{path}.{field}", getattr(pool, field), "s")
        for field in ("time_limit", "soft_time_limit", "soft_shutdown_timeout")
    }
    return counted(
        DECIDED,
        concurrency=of_stage(f"{path}.concurrency", pool.concurrency),
        prefetch_multiplier=of_stage(f"{path}.prefetch_multiplier", pool.prefetch_multiplier),
        eta_task_limit=of_stage(f"{path}.eta_task_limit", pool.eta_task_limit),
        visibility_timeout=of_stage("visibility_timeout", visibility_timeout, "s"),
        **seconds,
    )
