"""Places every pod on a node, as the scheduler must be able to; sums alone prove nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from infra.sizing.plan import Amounts, NodePlan, WorkloadPlan
from infra.units import Cpu, Memory


@dataclass(frozen=True, kw_only=True)
class Pod:
    """One pod of a workload, and on which role of node it must run."""

    workload: str
    role: str
    requests: Amounts


@dataclass(frozen=True, kw_only=True)
class Packing:
    """What is left on each node by name, and the pods that found none."""

    left: tuple[tuple[str, Amounts], ...]
    unplaced: tuple[Pod, ...]


def peak_pods(workloads: Iterable[WorkloadPlan]) -> tuple[Pod, ...]:
    """All autoscalers at their maximum, every rollout's surge and every job at once; DaemonSets apart."""
    return tuple(
        Pod(workload=one.name, role=one.node_role, requests=one.pod_requests)
        for one in workloads
        if one.kind != "DaemonSet"
        for _ in range(one.replicas.max + one.replicas.surge)
    )


def pack(nodes: tuple[NodePlan, ...], workloads: tuple[WorkloadPlan, ...]) -> Packing:
    """First fit in three decreasing orders; the first order that places all wins, else the one that places most."""
    pods = peak_pods(workloads)
    daemons = [one.pod_requests for one in workloads if one.kind == "DaemonSet"]
    best: Packing | None = None
    for order in _ORDERS:
        packing = _first_fit(nodes, daemons, sorted(pods, key=order, reverse=True))
        if not packing.unplaced:
            return packing
        if best is None or len(packing.unplaced) < len(best.unplaced):
            best = packing
    if best is None:
        raise AssertionError("there is always an order")
    return best


_ORDERS: tuple[Callable[[Pod], tuple[int, int]], ...] = (
    lambda pod: (pod.requests.memory.bytes, pod.requests.cpu.millicores),
    lambda pod: (pod.requests.cpu.millicores, pod.requests.memory.bytes),
    # 1 vCPU weighs as much as 2 GiB, the proportion of the catalogues' shared types.
    lambda pod: (pod.requests.cpu.millicores * 2_147_484 + pod.requests.memory.bytes, 0),
)


def _first_fit(nodes: tuple[NodePlan, ...], daemons: list[Amounts], pods: list[Pod]) -> Packing:
    names = [(f"{node.role}-{number}", node) for node in nodes for number in range(1, node.count + 1)]
    on_each = sum(daemons, start=Amounts(cpu=Cpu(0), memory=Memory(0)))
    left = {name: node.allocatable - on_each for name, node in names}
    roles = {name: node.role for name, node in names}
    unplaced = []
    for pod in pods:
        fitting = (name for name in left if roles[name] == pod.role and left[name].holds(pod.requests))
        chosen = next(fitting, None)
        if chosen is None:
            unplaced.append(pod)
        else:
            left[chosen] = left[chosen] - pod.requests
    return Packing(left=tuple(left.items()), unplaced=tuple(unplaced))
