"""LimitRange and ResourceQuota of the app's namespace, computed so that they never block a rollout."""

from __future__ import annotations

from collections.abc import Iterable

from infra.names import APP_NAMESPACE
from infra.sizing.plan import Amounts, NamespacePlan, WorkloadPlan
from infra.units import Cpu, Memory


def size_namespace(workloads: Iterable[WorkloadPlan]) -> NamespacePlan:
    """Everything at its maximum with surge, and one ending pod of each workload: those count until they are gone."""
    inside = [one for one in workloads if one.namespace == APP_NAMESPACE]
    requests, limits, pods = Amounts(cpu=Cpu(0), memory=Memory(0)), Memory(0), 0
    for one in inside:
        count = one.replicas.max + one.replicas.surge + 1
        requests = requests + one.pod_requests * count
        limits = limits + Memory(sum(c.limits.memory.bytes for c in one.containers if c.limits.memory)) * count
        pods += count
    containers = [c for one in inside for c in one.containers]
    largest = Amounts(
        cpu=max((c.limits.cpu for c in containers if c.limits.cpu), default=Cpu(0)),
        memory=max((c.limits.memory for c in containers if c.limits.memory), default=Memory(0)),
    )
    return NamespacePlan(limit_range_max=largest, quota_requests=requests, quota_memory_limits=limits, quota_pods=pods)
