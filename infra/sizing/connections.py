"""Database connections: all pods at their maximum plus surge, else PgBouncer."""

from __future__ import annotations

from infra.names import PGBOUNCER
from infra.sizing.build import container, fixed_replicas, workload
from infra.sizing.number import Number, given
from infra.sizing.plan import DjangoPlan, PgBouncerPlan, WorkerPlan
from infra.sizing.reason import counted

# beat 1, exporter 2, migration 2, backup 1, reserved for superusers 3, slack 5
OTHERS = 14
_WEBSOCKETS = 1  # connections of a process under ASGI beside its requests' (infra/sizing/django.py)
_MOST_MIB = 1024  # no plan gets near: 20 Celery servers ask for 122Mi
_INSTANCES = 2  # of PgBouncer while it rolls: the old one drains beside the new one
_POOL = "two pools while it rolls, and what goes past it"
_CLIENTS = "every client may wait there, twice while everything rolls"
_CLIENT_MIB = 5, 100  # measured: so many MiB for so many clients
_SIZE = "measured: 5 MiB for 100 clients; half as much again for the limit, and every client twice while all rolls"
_ROLLS = "the app has no other way to its database: the new one starts before the old one ends"


def connections(django: DjangoPlan, workers: tuple[WorkerPlan, ...]) -> int:
    """Every gunicorn thread, or request under ASGI, and every Celery process may hold one."""
    each = django.processes * (django.threads + (_WEBSOCKETS if django.interface == "asgi" else 0))
    web = (django.workload.replicas.max + django.workload.replicas.surge) * each
    tasks = sum((one.workload.replicas.max + one.workload.replicas.surge) * one.concurrency for one in workers)
    return web + tasks + OTHERS


def pooled(pool_size: int) -> int:
    """What Postgres must take when everything goes through PgBouncer, or beside it."""
    return _INSTANCES * pool_size + OTHERS


def size_pgbouncer(needed: int, max_connections: int) -> PgBouncerPlan | None:
    """None while Postgres itself takes them all."""
    if needed <= max_connections:
        return None
    pool = (_given("max connections", max_connections) - given("others", OTHERS, "", "constant")) // _INSTANCES
    clients = _given("connections at every maximum", needed) * 2
    replicas = fixed_replicas(planned=1, surge=1, source=_ROLLS)
    memory = _mib("connections at every maximum", needed).between(24, _MOST_MIB)
    limit = (_mib("max_client_conn", clients.value) * 3 // 2).between(64, _MOST_MIB)
    return PgBouncerPlan(
        workload=workload(PGBOUNCER, "Deployment", container("pgbouncer", 20, memory, limit, _SIZE), replicas=replicas),
        default_pool_size=pool.value,
        max_client_conn=clients.value,
        reasons=(*counted(_POOL, default_pool_size=pool), *counted(_CLIENTS, max_client_conn=clients)),
    )


def _mib(name: str, clients: int) -> Number:
    """What so many clients take."""
    return given(name, clients, "Mi", "computed") * _CLIENT_MIB[0] // _CLIENT_MIB[1]


def _given(name: str, value: int) -> Number:
    return given(name, value, "", "computed")
