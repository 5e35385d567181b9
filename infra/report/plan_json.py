"""Write a plan as one JSON object: CPU in millicores, memory in MiB, times in seconds."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from infra.prices.month import month_price
from infra.report.prices_json import month_to_json
from infra.sizing.explain import Explanation
from infra.sizing.plan import (
    Amounts,
    ContainerPlan,
    NodePlan,
    RedisPlan,
    StackPlan,
    TierUse,
    WorkerPlan,
    WorkloadPlan,
)


def plan_to_json(plan: StackPlan) -> dict[str, Any]:
    """Return the object that `plan --json` prints; new versions only add keys."""
    return {
        "stage": plan.stage,
        "provider": plan.provider,
        "region": plan.region,
        "fits": plan.fits,
        "missing": list(plan.missing),
        "warnings": list(plan.warnings),
        "proof": _proof(plan),
        "remedies": [
            {
                "change": r.change,
                "effect": r.effect,
                "price": float(r.price),
                "currency": r.currency,
                "within_budget": r.within_budget,
            }
            for r in plan.remedies
        ],
        "customers": _use(plan.use) if plan.use else None,
        "nodes": [_node(node) for node in plan.nodes],
        "volume_size_gib": plan.volume_size_gib,
        "price": month_to_json(month_price(plan)),
        "workloads": [_workload(one) for one in plan.workloads],
        "web": {
            "interface": plan.django.interface,
            "processes": plan.django.processes,
            "threads": plan.django.threads,
        },
        "celery": [_worker(one) for one in plan.workers],
        "postgres": {
            "settings": dict(plan.postgres.settings),
            "max_connections": plan.postgres.max_connections,
            "shm_mib": plan.postgres.shm_size.whole_mib,
            "pgbouncer": plan.pgbouncer is not None,
            "pgbouncer_pool_size": plan.pgbouncer.default_pool_size if plan.pgbouncer else None,
            "backup_retention_days": plan.postgres.backup_retention_days,
        },
        "redis": {"broker": _redis(plan.redis_broker), "cache": _redis(plan.redis_cache)},
        "namespace": {
            "limit_range_max_memory_mib": plan.namespace.limit_range_max.memory.whole_mib,
            "quota_requests": _amounts(plan.namespace.quota_requests),
            "quota_memory_limits_mib": plan.namespace.quota_memory_limits.whole_mib,
            "quota_pods": plan.namespace.quota_pods,
            "quota_ephemeral_mib": plan.namespace.quota_disk.whole_mib,
        },
        "checks": [{"name": c.name, "ok": c.ok, "reason": c.reason, "field": c.field} for c in plan.checks],
        "departures": [{"field": d.field, "guide": d.guide, "plan": d.plan, "why": d.why} for d in plan.departures],
    }


def explanation_to_json(one: Explanation) -> dict[str, Any]:
    """Return one object of the list `explanations` of `plan --explain --json`."""
    return asdict(one)


def _proof(plan: StackPlan) -> dict[str, Any]:
    proof, tightest = plan.proof, plan.proof.tightest
    return {
        "pods": proof.pods,
        "peak": _amounts(proof.peak),
        "left": {name: _amounts(left) for name, left in proof.left},
        "tightest": {
            "node": tightest.node,
            "pod": tightest.pod,
            "requests": _amounts(tightest.requests),
            "left": _amounts(tightest.left),
            "used_percent": tightest.used_percent,
            "binds": tightest.binds,
            "moment": tightest.moment,
        },
    }


def _use(use: TierUse) -> dict[str, Any]:
    return {"count": use.customers, "up_to": use.up_to, "used_percent": use.percent, "then": use.then}


def _amounts(amounts: Amounts) -> dict[str, int]:
    return {"cpu_m": amounts.cpu.millicores, "memory_mib": amounts.memory.whole_mib}


def _node(node: NodePlan) -> dict[str, Any]:
    return {
        "role": node.role,
        "count": node.count,
        "instance_type": node.instance_type,
        "vcpu": node.vcpu,
        "memory_mib": node.memory.whole_mib,
        "price": float(node.price),
        "currency": node.currency,
        "allocatable": {**_amounts(node.allocatable), "ephemeral_mib": node.disk.whole_mib},
    }


def _workload(workload: WorkloadPlan) -> dict[str, Any]:
    replicas = workload.replicas
    return {
        "name": workload.name,
        "kind": workload.kind,
        "namespace": workload.namespace,
        "node_role": workload.node_role,
        "replicas": {
            "min": replicas.min,
            "planned": replicas.planned,
            "max": replicas.max,
            "surge": replicas.surge,
        },
        "containers": [_container(one) for one in workload.containers],
    }


def _container(container: ContainerPlan) -> dict[str, Any]:
    cpu, memory = container.limits.cpu, container.limits.memory
    limits = {"cpu_m": cpu.millicores if cpu else None, "memory_mib": memory.whole_mib if memory else None}
    disk = container.disk
    ephemeral = {"request": disk.request.whole_mib, "limit": disk.limit.whole_mib} if disk else None
    amounts = {"requests": _amounts(container.requests), "limits": limits}
    return {"name": container.name, **amounts, "ephemeral_mib": ephemeral}


def _worker(worker: WorkerPlan) -> dict[str, Any]:
    return {
        "name": worker.pool,
        "queues": list(worker.queues),
        "concurrency": worker.concurrency,
        "time_limit": worker.time_limit,
        "soft_time_limit": worker.soft_time_limit,
        "grace_period": worker.grace_period,
        "soft_shutdown_timeout": worker.soft_shutdown_timeout,
        "visibility_timeout": worker.visibility_timeout,
        "max_memory_per_child_mib": worker.max_memory_per_child.whole_mib,
    }


def _redis(redis: RedisPlan) -> dict[str, Any]:
    return {
        "maxmemory_mib": redis.maxmemory.whole_mib,
        "maxmemory_policy": redis.maxmemory_policy,
        "appendonly": redis.appendonly,
    }
