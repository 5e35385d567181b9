"""Describe a packing: the tightest fit, and the room that it leaves."""

from __future__ import annotations

from fractions import Fraction

from infra.names import CELERY_ROLE
from infra.sizing.pack import Packing, Pod, peak_pods
from infra.sizing.plan import Amounts, NodePlan, Proof, Tightest, WorkloadPlan
from infra.units import Cpu, Memory

_ALL_AT_ONCE = "every autoscaler at its maximum, every rollout's extra pod, the migration and the backup at once"
_CELERY = "every pool at its maximum; workers roll without an extra pod, and no job runs here"


def prove(nodes: tuple[NodePlan, ...], workloads: tuple[WorkloadPlan, ...], packing: Packing) -> Proof:
    """Describe a packing of the workloads on the nodes.

    Args:
        nodes: One plan per role of node.
        workloads: Every workload.
        packing: The packing.
    """
    peak = Amounts(cpu=Cpu(0), memory=Memory(0))
    pods = peak_pods(workloads)
    for pod in pods:
        peak = peak + pod.requests
    return Proof(
        pods=len(pods) + sum(node.count for node in nodes) * sum(one.kind == "DaemonSet" for one in workloads),
        peak=peak,
        left=packing.left,
        tightest=_tightest(nodes, workloads, packing),
    )


def _tightest(nodes: tuple[NodePlan, ...], workloads: tuple[WorkloadPlan, ...], packing: Packing) -> Tightest:
    """Find the tightest fit: the pod without a node on the roomiest node, or the last pod on the fullest node."""
    roles = {f"{node.role}-{number}": node for node in nodes for number in range(1, node.count + 1)}
    rooms = [(name, roles[name], left) for name, left in packing.left]
    if packing.unplaced:
        victim = packing.unplaced[0]
        wanted = [room for room in rooms if room[1].role == victim.role] or rooms
        name, node, left = min(wanted, key=lambda room: _fullness(room[1], room[2])[0])
        return _describe(name, node, left, victim)
    name, node, left = max(rooms, key=lambda room: _fullness(room[1], room[2])[0])
    return _describe(name, node, left, _last(name, workloads, packing))


def _describe(name: str, node: NodePlan, left: Amounts, pod: Pod) -> Tightest:
    share, binds = _fullness(node, left)
    return Tightest(
        node=name,
        pod=pod.workload,
        requests=pod.requests,
        left=left,
        used_percent=int(100 * share),
        binds=binds,
        moment=_CELERY if node.role == CELERY_ROLE else _ALL_AT_ONCE,
    )


def _fullness(node: NodePlan, left: Amounts) -> tuple[Fraction, str]:
    """Return the used share of CPU or of memory, whichever is larger, and its name."""
    cpu = 1 - Fraction(left.cpu.millicores, node.allocatable.cpu.millicores)
    memory = 1 - Fraction(left.memory.bytes, node.allocatable.memory.bytes)
    return max((cpu, "cpu"), (memory, "memory"))


def _last(node: str, workloads: tuple[WorkloadPlan, ...], packing: Packing) -> Pod:
    """Find the pod that is scheduled last: one of a rollout or a job, or else one that the autoscaler adds."""
    order = {one.name: (one.replicas.surge > 0, one.replicas.autoscaled) for one in workloads}
    there = [pod for name, pod in packing.placed if name == node]
    return max(there, key=lambda pod: (order[pod.workload], pod.requests.memory, pod.requests.cpu))
