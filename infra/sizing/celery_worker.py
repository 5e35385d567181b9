"""Size a pool of Celery workers: take the stage's numbers, and derive timeouts and memory bounds from them."""

from __future__ import annotations

from infra.names import CELERY_WORKER
from infra.sizing.build import container, with_scratch, workload
from infra.sizing.number import Number, fixed, memory
from infra.sizing.plan import WorkerPlan
from infra.sizing.reason import DECIDED, Reasons, counted, of_stage, reason
from infra.sizing.scaled import scaled_replicas
from infra.stack_file.stage_config import PoolConfig
from infra.units import Memory

MASTER = Memory.mib(130)  # measured: the prefork parent of a typical app
# Memory of the parent for each task that it holds until the task's ETA. It was measured at 13.8 KiB with an argument of
# 1,000 characters and at 8.7 with a number (docs/adr/0037-eta-tasks.md has the measurement).
_ETA_TASK = Memory(14 * 1024)
_CHILD_PERCENT = 90  # of an even share: Celery recycles a child only after the task that crossed the bound
_MAX_TASKS_PER_CHILD = 500
GRACE_MARGIN = 30  # seconds to return tasks to the queue and to exit
_WORKER = "the tier guide's worker; measured: 158 MiB and 87 for each process of a typical app"
_ROLLS = "workers roll one by one and without a surge, so that a rollout needs no room"
_ENDS = f"running tasks get their time, then {GRACE_MARGIN} s for the way back to the queue and the exit"


def size_celery_worker(
    pool: PoolConfig, *, default: bool, maximum: int, visibility_timeout: int, node_role: str
) -> WorkerPlan:
    """Plan the Deployment of a pool; it rolls without surge, so that a rollout needs no extra room.

    Args:
        pool: The stage's numbers for the pool.
        default: Whether the pool is the first one, whose name has no suffix.
        maximum: The most pods that fit on the nodes.
        visibility_timeout: Seconds until Redis delivers an unfinished task again.
        node_role: The role of the nodes on which the pods run.
    """
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
    """Return the memory bound of a child process in whole MiB: (limit - parent) * 0.9 / children.

    Args:
        limit: Memory limit of the pod.
        concurrency: The number of children.
        path: Path of the pool in the stage, for the explanation.

    Returns:
        0 if the parent leaves no memory.
    """
    room = of_stage(f"{path}.memory_limit", limit) - memory("parent process", MASTER, "measured")
    children = of_stage(f"{path}.concurrency", concurrency)
    if room.value < 0:
        return fixed(0, "Mi")
    return room.percent(_CHILD_PERCENT) // children


def eta_memory(tasks: int) -> Memory:
    """Return the memory that the parent needs for tasks with an ETA, in whole MiB.

    Args:
        tasks: The number of tasks that it holds.
    """
    return Memory.mib((_ETA_TASK * tasks).whole_mib + 1)


def longest_task(pool: PoolConfig | WorkerPlan) -> int:
    """Return the seconds after which every task of the pool has ended, also one that sets its own time limit.

    Args:
        pool: The pool, as the stage has it or as planned.
    """
    return max(pool.time_limit, pool.longest_time_limit or 0)


def _grace(pool: PoolConfig) -> Number:
    """Compute the grace period in seconds; without a soft shutdown, a task may run to its end."""
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
