"""Place every pod on a node as the scheduler must be able to, because sums of requests alone prove nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from infra.sizing.blocked import find_blocked
from infra.sizing.plan import Amounts, NodePlan, WorkloadPlan
from infra.sizing.pod import Pod
from infra.units import Cpu, Memory

__all__ = ["Packing", "Pod", "pack", "peak_pods"]

# Pods of a node that no plan contains and that request nothing: k3s's load balancer, the Jobs that install traefik, and
# a helper of the local-path provisioner. They count against the kubelet's `max-pods`.
UNCOUNTED_PODS = 4


@dataclass(frozen=True, kw_only=True)
class Packing:
    """A packing says what is left on each node by its name, which pods found no node, and where the others are."""

    left: tuple[tuple[str, Amounts], ...]
    unplaced: tuple[Pod, ...]
    placed: tuple[tuple[str, Pod], ...] = field(default=(), repr=False)


def peak_pods(workloads: Iterable[WorkloadPlan]) -> tuple[Pod, ...]:
    """Return every pod at the peak, except DaemonSets: all autoscalers at their maximum, every surge and every job.

    Args:
        workloads: Every workload.
    """
    return tuple(
        Pod(workload=one.name, role=one.node_role, requests=one.pod_requests)
        for one in workloads
        if one.kind != "DaemonSet"
        for _ in range(one.replicas.max + one.replicas.surge)
    )


def pack(nodes: tuple[NodePlan, ...], workloads: tuple[WorkloadPlan, ...]) -> Packing:
    """Place the largest pods first, each on the first node with room, then look for an order that would get stuck.

    Pods come in any order, and the scheduler spreads them over the nodes. A plan fits only if no order and no choice of
    nodes leaves a pod without a node. If one does, the packing shows that arrangement, and otherwise the one that
    spreads the pods.

    Args:
        nodes: One plan per role of node.
        workloads: Every workload.
    """
    daemons = [one.pod_requests for one in workloads if one.kind == "DaemonSet"]
    pods = sorted(peak_pods(workloads), key=_size, reverse=True)
    packing = _place(nodes, daemons, pods, spread=False)
    if packing.unplaced:
        return packing
    return _stuck(nodes, daemons, packing) or _place(nodes, daemons, pods, spread=True)


def _size(pod: Pod) -> tuple[int, int]:
    return pod.requests.memory.bytes, pod.requests.cpu.millicores


def _place(nodes: tuple[NodePlan, ...], daemons: list[Amounts], pods: list[Pod], *, spread: bool) -> Packing:
    """Place each pod on the first node with room, or on the one with the most CPU left, as the scheduler does."""
    names = [(f"{node.role}-{number}", node) for node in nodes for number in range(1, node.count + 1)]
    on_each = _sum(daemons)
    left = {name: node.allocatable - on_each for name, node in names}
    slots = {name: _slots(node, daemons) for name, node in names}
    roles = {name: node.role for name, node in names}
    unplaced, placed = [], []
    for pod in pods:
        fitting = (name for name in left if roles[name] == pod.role and slots[name] and left[name].holds(pod.requests))
        chosen = max(fitting, key=lambda name: left[name].cpu, default=None) if spread else next(fitting, None)
        if chosen is None:
            unplaced.append(pod)
        else:
            left[chosen], slots[chosen] = left[chosen] - pod.requests, slots[chosen] - 1
            placed.append((chosen, pod))
    return Packing(left=tuple(left.items()), unplaced=tuple(unplaced), placed=tuple(placed))


def _stuck(nodes: tuple[NodePlan, ...], daemons: list[Amounts], packing: Packing) -> Packing | None:
    """Return a packing of the same pods in which one finds no node, or None if that cannot happen."""
    for node in nodes:
        pods = Counter(pod for _, pod in packing.placed if pod.role == node.role)
        if node.count == 1 or len(pods) == 1:
            continue  # one node is filled alike in every order
        room = node.allocatable - _sum(daemons)
        found = find_blocked(room, _slots(node, daemons), node.count, pods)
        if found is None:
            continue
        victim, rows = found
        names = [f"{node.role}-{number}" for number in range(1, node.count + 1)]
        used = {name: _sum(pod.requests for pod in row) for name, row in zip(names, rows, strict=True)}
        left = {name: room - used[name] if name in used else rest for name, rest in packing.left}
        there = tuple((name, pod) for name, row in zip(names, rows, strict=True) for pod in row)
        others = tuple((name, pod) for name, pod in packing.placed if pod.role != node.role)
        return Packing(left=tuple(left.items()), unplaced=(victim,), placed=(*others, *there))
    return None


def _sum(amounts: Iterable[Amounts]) -> Amounts:
    return sum(amounts, start=Amounts(cpu=Cpu(0), memory=Memory(0)))


def _slots(node: NodePlan, daemons: list[Amounts]) -> int:
    return node.max_pods - len(daemons) - UNCOUNTED_PODS
