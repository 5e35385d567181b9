"""Check the contracts between the layers; each has a name and the field to change."""

from __future__ import annotations

from collections.abc import Iterator

from infra.names import APP_NAMESPACE
from infra.sizing.celery_contracts import check_worker
from infra.sizing.connections import OTHERS, connections, pooled
from infra.sizing.disk import check_disk
from infra.sizing.plan import Amounts, Check, DjangoPlan, NamespacePlan, NodePlan, PostgresPlan, RedisPlan, Workloads
from infra.sizing.postgres import CONNECTION_MIB
from infra.sizing.redis import EMPTY_REDIS
from infra.stack_file.stage_config import StageConfig
from infra.units import Cpu, Memory

# Postgres works on two queries per vCPU at once, plus one that waits for the disk (wiki.postgresql.org, "Number Of
# Database Connections"). A smaller pool would leave the server idle while requests wait.
_QUERIES_PER_VCPU = 2
_SORTS = 4 * 2  # four sorts at once, each with Postgres's hash_mem_multiplier of 2
# Measured under load: a pod of 1 process x 4 threads takes 99 MiB, one of 2 x 4 takes 227 MiB, and 28 more threads in a
# process take 4 MiB.
_WEB_FIRST_MIB, _WEB_PROCESS_MIB, _WEB_THREADS_PER_MIB = 99, 128, 7
_WEB_MEASURED_THREADS = 4
_POSTGRES_PERCENT = 90  # of the limit: the page cache needs the rest
MAX_CONNECTIONS = "overrides.postgres.max_connections"


def check_contracts(
    stage: StageConfig, parts: Workloads, namespace: NamespacePlan, nodes: tuple[NodePlan, ...]
) -> tuple[Check, ...]:
    """Return every contract, kept or broken.

    Args:
        stage: The stage.
        parts: The sized parts.
        namespace: The plan of the namespace's bounds.
        nodes: One plan per role of node, the server first.
    """
    checks = [_connections(parts, nodes[0].vcpu), _read_timeout(parts.django), _web_memory(parts.django)]
    checks.append(_postgres_memory(parts.postgres))
    checks += _redis(parts.redis_broker, parts.redis_cache)
    checks += _namespace(parts, namespace)
    fields = {parts.django.workload.name: "overrides.django.tmp_size"}
    fields |= {one.workload.name: f"overrides.pools.{one.pool}.tmp_size" for one in parts.workers}
    checks += (check_disk(node, parts.workloads, fields) for node in nodes)
    for worker in parts.workers:
        checks += check_worker(stage, worker)
    return tuple(checks)


def _connections(parts: Workloads, vcpu: int) -> Check:
    needed, given = connections(parts.django, parts.workers), parts.postgres.max_connections
    pooler, least = parts.pgbouncer, _QUERIES_PER_VCPU * vcpu + 1
    if pooler is None:
        ok, how = needed <= given, "directly"
    else:
        size = pooler.default_pool_size
        ok = pooled(size) <= given and needed <= pooler.max_client_conn and size >= least
        how = f"through PgBouncer, {size} at once, {pooled(size)} while it rolls"
        if size < 1:
            how = f"none for PgBouncer beside {OTHERS} of beat, exporter, jobs and superusers"
        how += "" if size >= least else f"; {vcpu} vCPU work on {least} at once"
    return Check(
        name="connections",
        ok=ok,
        reason=f"{needed} connections at every maximum, {given} in Postgres: {how}",
        field=MAX_CONNECTIONS,
    )


def _read_timeout(plan: DjangoPlan) -> Check:
    """Check that traefik waits longer for a slow upload than gunicorn waits for a slow answer."""
    return Check(
        name="read-timeout",
        ok=plan.read_timeout > plan.request_timeout,
        reason=f"traefik waits {plan.read_timeout} s for a whole request; it must wait longer than gunicorn, "
        f"{plan.request_timeout} s, or an upload is cut while the app still waits for it",
        field="overrides.django.read_timeout",
    )


def _web_memory(plan: DjangoPlan) -> Check:
    """Check the web pod's memory limit: below it the kernel would kill a process in the middle of its requests."""
    threads = plan.processes * max(plan.threads - _WEB_MEASURED_THREADS, 0)
    needed = _WEB_FIRST_MIB + _WEB_PROCESS_MIB * (plan.processes - 1) + -(-threads // _WEB_THREADS_PER_MIB)
    limit = plan.workload.container("django").limits.memory or Memory(0)
    return Check(
        name="web-memory",
        ok=needed <= limit.whole_mib,
        reason=f"the memory limit is {limit}; {plan.processes} gunicorn processes x {plan.threads} threads take "
        f"{needed}Mi",
        field="overrides.django.memory_limit",
    )


def _postgres_memory(plan: PostgresPlan) -> Check:
    settings = {name: int(text[:-2]) for name, text in plan.settings if text.endswith("MB")}
    workers = int(dict(plan.settings)["autovacuum_max_workers"])
    used = settings["shared_buffers"] + CONNECTION_MIB * plan.max_connections
    used += workers * settings["autovacuum_work_mem"] + _SORTS * settings["work_mem"]
    limit = plan.workload.container("postgres").limits.memory or Memory(0)
    most = limit.whole_mib * _POSTGRES_PERCENT // 100
    return Check(
        name="postgres-memory",
        ok=used <= most,
        reason=f"shared buffers, {plan.max_connections} connections, {workers} vacuums and {_SORTS} sorts take "
        f"{used}Mi; they may take {most}Mi, {_POSTGRES_PERCENT} % of the limit",
        field=MAX_CONNECTIONS,
    )


def _redis(broker: RedisPlan, cache: RedisPlan) -> Iterator[Check]:
    for plan in (broker, cache):
        name = plan.workload.name
        limit = plan.workload.container("redis").limits.memory or Memory(0)
        # If the limit is too small for an empty instance, no share of it helps, so a person must raise the limit.
        field = "maxmemory" if limit > EMPTY_REDIS + EMPTY_REDIS else "memory_limit"
        yield Check(
            name=f"maxmemory/{name}",
            ok=plan.maxmemory + EMPTY_REDIS <= limit,
            reason=f"maxmemory is {plan.maxmemory}, and an empty instance takes {EMPTY_REDIS}; together they may be at "
            f"most the limit, {limit}, or the kernel kills Redis before it is full",
            field=f"overrides.{name.replace('-', '_')}.{field}",
        )
    yield Check(
        name="broker-noeviction",
        ok=broker.maxmemory_policy == "noeviction" and broker.appendonly,
        reason=f"the broker's policy is {broker.maxmemory_policy}, and its appendonly is "
        f"{'on' if broker.appendonly else 'off'}; it needs noeviction and on, or it drops queued tasks",
        field="overrides.redis_broker.maxmemory_policy",
    )


def _namespace(parts: Workloads, namespace: NamespacePlan) -> Iterator[Check]:
    workloads = [one for one in parts.workloads if one.namespace == APP_NAMESPACE]
    largest = max(c.limits.memory for one in workloads for c in one.containers if c.limits.memory)
    yield Check(
        name="limit-range",
        ok=largest <= namespace.limit_range_max.memory,
        reason=f"the LimitRange admits containers up to {namespace.limit_range_max.memory}; the largest has {largest}",
        field="overrides.namespace.container_memory",
    )
    peak = Amounts(cpu=Cpu(0), memory=Memory(0))
    for one in workloads:
        peak = peak + one.pod_requests * (one.replicas.max + one.replicas.surge)
    quota = namespace.quota_requests
    field = "quota_cpu" if peak.cpu > quota.cpu else "quota_memory"
    yield Check(
        name="resource-quota",
        ok=quota.holds(peak),
        reason=f"the quota is {quota.cpu} and {quota.memory}; at every maximum, surges and jobs included, pods request "
        f"{peak.cpu} and {peak.memory}",
        field=f"overrides.namespace.{field}",
    )
