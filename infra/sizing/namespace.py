"""Compute the LimitRange and ResourceQuotas of the app's namespace so that they never block a rollout."""

from __future__ import annotations

from collections.abc import Iterable

from infra.names import APP_NAMESPACE
from infra.sizing.number import described
from infra.sizing.plan import Amounts, NamespacePlan, WorkloadPlan
from infra.sizing.reason import Reason, Value, of_stage, reason
from infra.stack_file.stage_config import NamespaceConfig
from infra.units import Cpu, Memory

_LARGEST = "the largest limit of a container"
_ALL = "every workload at its maximum with surge, and one ending pod of each: those count until they are gone"
_ADMITS = "a bound that blocks a rollout protects nobody"


def size_namespace(workloads: Iterable[WorkloadPlan], asked: NamespaceConfig | None = None) -> NamespacePlan:
    """Add up all pods at their maximum with surge, and a terminating pod of each workload, which counts until it ends.

    Args:
        workloads: Every workload.
        asked: Bounds that the stack file sets; None for none.
    """
    inside = [one for one in workloads if one.namespace == APP_NAMESPACE]
    bounds = asked or NamespaceConfig()
    requests, limits, pods, disk = Amounts(cpu=Cpu(0), memory=Memory(0)), Memory(0), 0, Memory(0)
    for one in inside:
        count = one.replicas.max + one.replicas.surge + 1
        requests = requests + one.pod_requests * count
        limits = limits + Memory(sum(c.limits.memory.bytes for c in one.containers if c.limits.memory)) * count
        pods += count
        disk = disk + one.disk_request * count
    containers = [c for one in inside for c in one.containers]
    largest = Amounts(
        cpu=max((c.limits.cpu for c in containers if c.limits.cpu), default=Cpu(0)),
        memory=bounds.container_memory
        or max((c.limits.memory for c in containers if c.limits.memory), default=Memory(0)),
    )
    quota = Amounts(cpu=bounds.quota_cpu or requests.cpu, memory=bounds.quota_memory or requests.memory)
    return NamespacePlan(
        limit_range_max=largest,
        quota_requests=quota,
        quota_memory_limits=limits,
        quota_pods=pods,
        quota_disk=disk,
        reasons=(
            _bound("limit_range_max.cpu", largest.cpu, _LARGEST, None),
            _bound("limit_range_max.memory", largest.memory, _LARGEST, bounds.container_memory and "container_memory"),
            _bound("quota_requests.cpu", quota.cpu, _ALL, bounds.quota_cpu and "quota_cpu"),
            _bound("quota_requests.memory", quota.memory, _ALL, bounds.quota_memory and "quota_memory"),
            _bound("quota_memory_limits", limits, _ALL, None),
            _bound("quota_pods", pods, _ALL, None),
            _bound("quota_disk", disk, _ALL, None),
        ),
    )


def _bound(field: str, value: Cpu | Memory | int, how: str, asked: Value) -> Reason:
    """Explain one bound; `asked` names the stage's field if a person set it."""
    if asked:
        number = of_stage(f"namespace.{asked}", value)
    elif isinstance(value, Cpu):
        number = described(value.millicores, "m", how)
    else:
        number = described(value.bytes, "B", how) if isinstance(value, Memory) else described(value, "", how)
    return reason(field, value, number, _ADMITS)
