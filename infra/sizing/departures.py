"""List where the plan differs from the tier guide (docs/explanation/guide.md), and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from infra.sizing.plan import Departure, NodePlan, WorkloadPlan, Workloads
from infra.stack_file.stage_config import ReplicaRange, StageConfig


def departures(
    stage: StageConfig, parts: Workloads, server: NodePlan, cheapest: Callable[[str, int], str]
) -> tuple[Departure, ...]:
    """Return the differences between the plan and the guide.

    Args:
        stage: The stage, with the guide's numbers.
        parts: The sized parts.
        server: The plan of the server.
        cheapest: Names the servers that hold this many pods of a workload beside the others, with their price.
    """
    return (
        *_server(stage, server),
        *_django(stage, parts),
        *_autoscaling(stage, parts, cheapest),
        *_rehearsal(stage),
    )


def _server(stage: StageConfig, server: NodePlan) -> Iterator[Departure]:
    if stage.guide.server != f"{server.memory.whole_mib // 1024} GB":
        yield Departure(
            field="server",
            guide=stage.guide.server,
            plan=f"{server.instance_type}: {server.memory.whole_mib // 1024} GB, {server.vcpu} vCPU",
            why="the first size on sale that holds everything with k3s and the system reserved",
        )


def _django(stage: StageConfig, parts: Workloads) -> Iterator[Departure]:
    pod = parts.django.workload.pod_requests
    yield Departure(
        field="django",
        guide=stage.guide.django_memory,
        plan=f"{pod.memory} and {pod.cpu} for each pod",
        why="measured: a pod of 2 processes x 4 threads needs 227 MiB, one of 1 x 4 needs 99 MiB",
    )
    yield Departure(
        field="redis",
        guide="one Redis",
        plan="broker and cache apart",
        why="an eviction policy is per instance: a full cache would block or evict the queue (ADR 0004)",
    )


def _rehearsal(stage: StageConfig) -> Iterator[Departure]:
    if stage.alert_speed > 1:
        yield Departure(
            field="alert_speed",
            guide="CPU above 80 % for 10 minutes, and so on",
            plan=f"{stage.alert_speed} times sooner",
            why="a rehearsal of alerts: they come for what is no trouble; take monitoring.alert_speed out afterwards",
        )


def _autoscaling(stage: StageConfig, parts: Workloads, cheapest: Callable[[str, int], str]) -> Iterator[Departure]:
    ranges: list[tuple[WorkloadPlan, ReplicaRange]] = [(parts.django.workload, stage.django.replicas)]
    ranges += [(one.workload, pool.replicas) for one, pool in zip(parts.workers, stage.pools, strict=True)]
    for workload, wanted in ranges:
        if workload.replicas.max >= wanted.ceiling:
            continue
        kept = "no autoscaler" if not workload.replicas.autoscaled else f"at most {workload.replicas.max}"
        yield Departure(
            field=f"{workload.name} replicas",
            guide=f"{wanted.min}-{wanted.ceiling} pods",
            plan=f"{workload.replicas.planned} planned, {kept}",
            why=f"one more would be Pending at the peak; {wanted.ceiling} pods need "
            f"{cheapest(workload.name, wanted.ceiling)}",
        )
