"""A pool of Celery workers: the stage's numbers, and the timeouts and memory bounds that follow from them."""

from __future__ import annotations

from infra.models.stage_config import PoolConfig
from infra.names import CELERY_WORKER
from infra.sizing.build import workload
from infra.sizing.plan import Amounts, ContainerPlan, Limits, ReplicasPlan, WorkerPlan
from infra.units import MIB, Memory

MASTER = Memory.mib(130)  # the prefork parent of a typical app (domain 4.1, 4.3)
_CHILD_PERCENT = 90  # of an even share: a child is recycled only after the task that crossed the bound
_MAX_TASKS_PER_CHILD = 500  # against leaks (domain 4.3)
_SOFT_SHUTDOWN = 60  # seconds that running tasks get on SIGTERM before they go back to the queue
GRACE_MARGIN = 30  # seconds for the restore and the exit (domain 4.3)


def size_celery_worker(
    pool: PoolConfig, *, default: bool, maximum: int, visibility_timeout: int, node_role: str
) -> WorkerPlan:
    """One Deployment; rolls with surge 0, so that a rollout needs no room."""
    name = CELERY_WORKER if default else f"{CELERY_WORKER}-{pool.name}"
    requests = Amounts(cpu=pool.cpu_request, memory=pool.memory_request)
    limits = Limits(cpu=pool.cpu_limit, memory=pool.memory_limit)
    replicas = ReplicasPlan(min=pool.replicas.min, planned=pool.replicas.planned, max=maximum, surge=0)
    container = ContainerPlan(name="worker", requests=requests, limits=limits)
    return WorkerPlan(
        workload=workload(name, "Deployment", container, replicas=replicas, node_role=node_role),
        pool=pool.name,
        queues=pool.queues,
        concurrency=pool.concurrency,
        prefetch_multiplier=1,
        max_tasks_per_child=_MAX_TASKS_PER_CHILD,
        max_memory_per_child=child_memory(pool.memory_limit, pool.concurrency),
        time_limit=pool.time_limit,
        soft_time_limit=pool.soft_time_limit,
        soft_shutdown_timeout=_SOFT_SHUTDOWN,
        grace_period=_SOFT_SHUTDOWN + GRACE_MARGIN,
        visibility_timeout=visibility_timeout,
    )


def child_memory(limit: Memory, concurrency: int) -> Memory:
    """(limit - parent) * 0.9 / children, in whole MiB (domain 4.3); 0 where nothing is left."""
    share = max((limit - MASTER).bytes, 0) * _CHILD_PERCENT // 100 // concurrency
    return Memory.mib(share // MIB)
