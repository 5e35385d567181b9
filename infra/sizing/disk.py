"""Check that a server's root disk holds what its pods may write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from infra.sizing.plan import Check, NodePlan, WorkloadPlan
from infra.units import Memory


def check_disk(node: NodePlan, workloads: Iterable[WorkloadPlan], fields: Mapping[str, str]) -> Check:
    """Check that all pods of a role fit on one node's root disk by their requests, with one of them at its limit.

    The requests let the scheduler place the pods in any order. If the largest pod fills its share, the node still stays
    above the kubelet's threshold, and no other pod is evicted.

    Args:
        node: The plan of the role's node.
        workloads: Workloads of all roles.
        fields: The stack file's key that limits a workload's writes, by the workload's name.
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
