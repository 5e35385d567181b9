"""Contracts between the layers (design 3.9), each a named check with the field to change."""

from __future__ import annotations

from collections.abc import Iterator

from infra.models.stage_config import StageConfig
from infra.names import APP_NAMESPACE
from infra.sizing.assemble import Parts
from infra.sizing.celery_worker import GRACE_MARGIN, MASTER
from infra.sizing.connections import connections, pooled
from infra.sizing.plan import Check, NamespacePlan, RedisPlan, WorkerPlan

_SWEEP = 100  # seconds that kombu's sweep for lost tasks may take on top (domain 4.3)
# A lean app's child was measured at 90 MiB of RSS, a typical one's at 140 (domain 4.1): below that each child is
# recycled after each task.
_SMALLEST_CHILD_MIB = 96


def check_contracts(stage: StageConfig, parts: Parts, namespace: NamespacePlan) -> tuple[Check, ...]:
    """Every contract, kept or broken."""
    checks = [*_connections(parts), *_redis(parts.broker, parts.cache), *_namespace(parts, namespace)]
    for worker in parts.workers:
        checks += _worker(stage, worker)
    return tuple(checks)


def _worker(stage: StageConfig, worker: WorkerPlan) -> Iterator[Check]:
    path = f"overrides.pools.{worker.pool}"
    longest = max(worker.time_limit, stage.longest_countdown)
    yield Check(
        name=f"visibility-timeout/{worker.pool}",
        ok=worker.visibility_timeout > longest + _SWEEP,
        reason=f"visibility timeout {worker.visibility_timeout} s > longest task or ETA {longest} s + {_SWEEP} s, "
        "or Redis hands a running task to a second worker",
        field="overrides.visibility_timeout",
    )
    yield Check(
        name=f"soft-time-limit/{worker.pool}",
        ok=worker.soft_time_limit < worker.time_limit,
        reason=f"soft time limit {worker.soft_time_limit} s < time limit {worker.time_limit} s",
        field=f"{path}.soft_time_limit",
    )
    needed = worker.soft_shutdown_timeout + GRACE_MARGIN
    yield Check(
        name=f"grace-period/{worker.pool}",
        ok=worker.grace_period >= needed,
        reason=f"grace period {worker.grace_period} s >= soft shutdown {worker.soft_shutdown_timeout} s + "
        f"{GRACE_MARGIN} s, so that unfinished tasks go back to the queue before the kill",
        field=f"{path}.time_limit",
    )
    yield Check(
        name=f"delivery/{worker.pool}",
        ok=worker.prefetch_multiplier == 1,
        reason="acks_late with reject_on_worker_lost and prefetch 1: a killed child's task is delivered again",
        field=f"{path}.concurrency",
    )
    limit = worker.workload.container("worker").limits.memory or MASTER
    children = worker.max_memory_per_child * worker.concurrency
    yield Check(
        name=f"children-memory/{worker.pool}",
        ok=worker.max_memory_per_child.whole_mib >= _SMALLEST_CHILD_MIB and children + MASTER < limit,
        reason=f"{worker.concurrency} children x {worker.max_memory_per_child} + parent {MASTER} < limit {limit}, "
        f"and a child has at least {_SMALLEST_CHILD_MIB}Mi",
        field=f"{path}.memory_limit",
    )


def _connections(parts: Parts) -> Iterator[Check]:
    needed, given = connections(parts.django, parts.workers), parts.postgres.max_connections
    pooler = parts.pgbouncer
    if pooler is None:
        ok, how = needed <= given, "directly"
    else:
        used = pooled(pooler.default_pool_size)
        ok = used <= given and needed <= pooler.max_client_conn
        how = f"through PgBouncer, {pooler.default_pool_size} at once, {used} while it rolls"
    yield Check(
        name="connections",
        ok=ok,
        reason=f"{needed} connections at every maximum, {given} in Postgres: {how}",
        field="overrides.django.threads",
    )


def _redis(broker: RedisPlan, cache: RedisPlan) -> Iterator[Check]:
    for plan in (broker, cache):
        name = plan.workload.name
        limit = plan.workload.container("redis").limits.memory
        yield Check(
            name=f"maxmemory/{name}",
            ok=limit is not None and plan.maxmemory < limit,
            reason=f"maxmemory {plan.maxmemory} < limit {limit}",
            field="instance_type",
        )
    yield Check(
        name="broker-noeviction",
        ok=broker.maxmemory_policy == "noeviction" and broker.appendonly,
        reason="the broker never evicts a queued task and has it on disk",
        field="instance_type",
    )


def _namespace(parts: Parts, namespace: NamespacePlan) -> Iterator[Check]:
    workloads = [one for one in parts.workloads if one.namespace == APP_NAMESPACE]
    inside = [c.limits.memory for one in workloads for c in one.containers if c.limits.memory]
    yield Check(
        name="limit-range",
        ok=max(inside) <= namespace.limit_range_max.memory,
        reason=f"the LimitRange admits every container up to {namespace.limit_range_max.memory}",
        field="overrides",
    )
    peak = sum((one.replicas.max + one.replicas.surge) * one.pod_requests.cpu.millicores for one in workloads)
    yield Check(
        name="resource-quota",
        ok=peak <= namespace.quota_requests.cpu.millicores,
        reason=f"the quota of {namespace.quota_requests.cpu} admits {peak}m at every maximum, surges and jobs included",
        field="overrides",
    )
