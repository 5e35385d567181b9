"""Database connections: all pods at their maximum plus surge, else PgBouncer (domain 5.3)."""

from __future__ import annotations

from infra.names import PGBOUNCER
from infra.sizing.build import container, workload
from infra.sizing.plan import DjangoPlan, PgBouncerPlan, WorkerPlan

# beat 1, exporter 2, migration 2, backup 1, reserved for superusers 3, slack 5
OTHERS = 14
_POOL_PERCENT = 60  # of max_connections go to the app's pool; the rest serves sessions that bypass it


def connections(django: DjangoPlan, workers: tuple[WorkerPlan, ...]) -> int:
    """Every gunicorn thread and every Celery process may hold one."""
    web = (django.workload.replicas.max + django.workload.replicas.surge) * django.processes * django.threads
    tasks = sum((one.workload.replicas.max + one.workload.replicas.surge) * one.concurrency for one in workers)
    return web + tasks + OTHERS


def size_pgbouncer(needed: int, max_connections: int) -> PgBouncerPlan | None:
    """None while Postgres itself takes them all; 5 MiB for 100 clients were measured (domain 5.3)."""
    if needed <= max_connections:
        return None
    return PgBouncerPlan(
        workload=workload(PGBOUNCER, "Deployment", container("pgbouncer", 20, 24, 64)),
        default_pool_size=max_connections * _POOL_PERCENT // 100,
        max_client_conn=2 * needed,
    )
