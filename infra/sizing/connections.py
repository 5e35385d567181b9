"""Database connections: all pods at their maximum plus surge, else PgBouncer (domain 5.3)."""

from __future__ import annotations

from infra.names import PGBOUNCER
from infra.sizing.build import container, workload
from infra.sizing.plan import DjangoPlan, PgBouncerPlan, ReplicasPlan, WorkerPlan

# beat 1, exporter 2, migration 2, backup 1, reserved for superusers 3, slack 5
OTHERS = 14
_INSTANCES = 2  # of PgBouncer while it rolls: the old one drains beside the new one


def connections(django: DjangoPlan, workers: tuple[WorkerPlan, ...]) -> int:
    """Every gunicorn thread and every Celery process may hold one."""
    web = (django.workload.replicas.max + django.workload.replicas.surge) * django.processes * django.threads
    tasks = sum((one.workload.replicas.max + one.workload.replicas.surge) * one.concurrency for one in workers)
    return web + tasks + OTHERS


def pooled(pool_size: int) -> int:
    """What Postgres must take when everything goes through PgBouncer, or beside it."""
    return _INSTANCES * pool_size + OTHERS


def size_pgbouncer(needed: int, max_connections: int) -> PgBouncerPlan | None:
    """None while Postgres itself takes them all; 5 MiB for 100 clients were measured (domain 5.3)."""
    if needed <= max_connections:
        return None
    replicas = ReplicasPlan(min=1, planned=1, max=1, surge=1)
    return PgBouncerPlan(
        workload=workload(PGBOUNCER, "Deployment", container("pgbouncer", 20, 24, 64), replicas=replicas),
        default_pool_size=(max_connections - OTHERS) // _INSTANCES,
        max_client_conn=2 * needed,
    )
