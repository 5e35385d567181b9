"""Whether a server's root disk holds what its pods may write there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from infra.sizing.plan import Check, NodePlan, WorkloadPlan
from infra.units import Memory


def check_disk(node: NodePlan, workloads: Iterable[WorkloadPlan], fields: Mapping[str, str]) -> Check:
    """All pods of a role on one of its nodes, each with its request, and one of them with all that it may write.

    The requests let the scheduler place them in any order. With the largest pod full the node stays above the kubelet's
    threshold, so that no other pod is evicted for it.

    Args:
        node: The role's.
        workloads: Of all roles.
        fields: What says how much a workload's pods may write, by the workload's name.
    """
    here = [one for one in workloads if one.node_role == node.role or one.kind == "DaemonSet"]
    counts = [(one, 1 if one.kind == "DaemonSet" else one.replicas.max + one.replicas.surge) for one in here]
    largest = max(here, key=lambda one: one.disk_limit - one.disk_request)
    most = max(one.disk_request for one in here) * node.max_pods
    requests = min(sum((one.disk_request * count for one, count in counts), start=Memory(0)), most)
    needed = requests + largest.disk_limit - largest.disk_request
    return Check(
        name=f"ephemeral-storage/{node.role}",
        ok=needed <= node.disk,
        reason=f"the root disk has {node.disk.whole_mib}Mi for pods; they need {needed}: all request {requests}, and "
        f"{largest.name} may write {largest.disk_limit}",
        field=fields.get(largest.name, next(iter(fields.values()))),
    )
