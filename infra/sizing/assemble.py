"""Size every part of a plan for given nodes and given maxima of the autoscalers."""

from __future__ import annotations

from collections.abc import Mapping

from infra.names import CELERY_ROLE, CELERY_WORKER, DJANGO, SERVER_ROLE
from infra.sizing.celery_worker import size_celery_worker
from infra.sizing.connections import connections, size_pgbouncer
from infra.sizing.django import size_beat, size_django
from infra.sizing.monitoring import size_monitoring
from infra.sizing.plan import NodePlan, Workloads
from infra.sizing.postgres import size_postgres
from infra.sizing.redis import size_broker, size_cache
from infra.sizing.system import size_system
from infra.stack_file.stage_config import StageConfig


def pool_workload(index: int, name: str) -> str:
    """Return the name of a pool's Deployment; the first pool is the default and has no suffix.

    Args:
        index: The pool's position in the stage.
        name: The pool's name.
    """
    return CELERY_WORKER if index == 0 else f"{CELERY_WORKER}-{name}"


def assemble(
    stage: StageConfig, nodes: tuple[NodePlan, ...], maxima: Mapping[str, int], *, volume_size_gib: int
) -> Workloads:
    """Size every part; data services depend only on the server's type, so a move on the same server leaves them alone.

    Args:
        stage: The stage.
        nodes: One plan per role of node, the server first.
        maxima: The most pods of each autoscaled workload, by its name.
        volume_size_gib: Size of the data volume in GiB.
    """
    server = nodes[0]
    role = CELERY_ROLE if len(nodes) > 1 else SERVER_ROLE
    workers = tuple(
        size_celery_worker(
            pool,
            default=index == 0,
            maximum=maxima[pool_workload(index, pool.name)],
            visibility_timeout=stage.visibility_timeout,
            node_role=role,
        )
        for index, pool in enumerate(stage.pools)
    )
    django = size_django(stage.django, maximum=maxima[DJANGO])
    postgres = size_postgres(
        memory=server.memory, vcpu=server.vcpu, volume_size_gib=volume_size_gib, asked=stage.postgres
    )
    return Workloads(
        django=django,
        workers=workers,
        beat=size_beat(),
        postgres=postgres,
        pgbouncer=size_pgbouncer(connections(django, workers), postgres.max_connections),
        redis_broker=size_broker(server.memory, stage.redis_broker),
        redis_cache=size_cache(server.memory, stage.redis_cache),
        monitoring=size_monitoring(server.memory, grafana=stage.grafana, alert_speed=stage.alert_speed),
        system=size_system(),
    )
