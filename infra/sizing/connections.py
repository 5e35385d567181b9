"""Count database connections at every pod's maximum plus surge, and add PgBouncer if Postgres cannot take them."""

from __future__ import annotations

from infra.names import PGBOUNCER
from infra.sizing.build import container, fixed_replicas, workload
from infra.sizing.number import Number, given
from infra.sizing.plan import DjangoPlan, PgBouncerPlan, WorkerPlan
from infra.sizing.reason import counted

# Other connections: beat 1, exporter 2, migration 2, backup 1, reserved for superusers 3, slack 5.
OTHERS = 14
_WEBSOCKETS = 1  # under ASGI, each process needs one connection more than its requests do (infra/sizing/django.py)
_MOST_MIB = 1024  # no plan comes near: 20 Celery servers ask for 122Mi
_INSTANCES = 2  # during a rollout of PgBouncer the old pod drains while the new one serves
_POOL = "two pools while it rolls, and what goes past it"
_CLIENTS = "every client may wait there, twice while everything rolls"
_CLIENT_MIB = 5, 100  # MiB and clients, measured
_SIZE = "measured: 5 MiB for 100 clients; half as much again for the limit, and every client twice while all rolls"
_ROLLS = "the app has no other way to its database: the new one starts before the old one ends"


def connections(django: DjangoPlan, workers: tuple[WorkerPlan, ...]) -> int:
    """Return the most connections that the app can open: one per gunicorn thread, ASGI request or Celery process.

    Args:
        django: The plan of the web pods.
        workers: The plans of the pools.
    """
    each = django.processes * (django.threads + (_WEBSOCKETS if django.interface == "asgi" else 0))
    web = (django.workload.replicas.max + django.workload.replicas.surge) * each
    tasks = sum((one.workload.replicas.max + one.workload.replicas.surge) * one.concurrency for one in workers)
    return web + tasks + OTHERS


def pooled(pool_size: int) -> int:
    """Return the most connections to Postgres, through PgBouncer and past it.

    Args:
        pool_size: Connections of one PgBouncer pod to Postgres.
    """
    return _INSTANCES * pool_size + OTHERS


def size_pgbouncer(needed: int, max_connections: int) -> PgBouncerPlan | None:
    """Plan PgBouncer, or return None if Postgres can take every connection itself.

    Args:
        needed: The most connections that the app can open.
        max_connections: Postgres's setting.
    """
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
    """Return the memory that this many clients need, in MiB."""
    return given(name, clients, "Mi", "computed") * _CLIENT_MIB[0] // _CLIENT_MIB[1]


def _given(name: str, value: int) -> Number:
    return given(name, value, "", "computed")
