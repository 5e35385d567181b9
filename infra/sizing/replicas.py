"""Share the room that is left among the autoscalers."""

from __future__ import annotations

from collections.abc import Callable

from infra.names import DJANGO
from infra.sizing.assemble import assemble, pool_workload
from infra.sizing.pack import pack
from infra.sizing.plan import NodePlan, Workloads
from infra.stack_file.stage_config import StageConfig


def share_out(stage: StageConfig, nodes: tuple[NodePlan, ...], *, volume_size_gib: int) -> Workloads:
    """Raise the maxima one pod in turn, the web pods first, while all autoscalers fit at their maximum together.

    Args:
        stage: The stage.
        nodes: One plan per role of node.
        volume_size_gib: Size of the data volume in GiB.
    """
    ceilings = {DJANGO: stage.django.replicas.ceiling}
    maxima = {DJANGO: stage.django.replicas.planned}
    for index, pool in enumerate(stage.pools):
        name = pool_workload(index, pool.name)
        ceilings[name], maxima[name] = pool.replicas.ceiling, pool.replicas.planned

    def tried(more: dict[str, int]) -> Workloads | None:
        parts = assemble(stage, nodes, more, volume_size_gib=volume_size_gib)
        return None if pack(nodes, parts.workloads).unplaced else parts

    growing = list(ceilings) if tried(maxima) else []
    while growing:
        maxima = _whole_rounds(maxima, ceilings, growing, lambda more: tried(more) is not None)
        for name in list(growing):
            more = {**maxima, name: maxima[name] + 1}
            if more[name] > ceilings[name] or not tried(more):
                growing.remove(name)
            else:
                maxima = more
    return assemble(stage, nodes, maxima, volume_size_gib=volume_size_gib)


def _whole_rounds(
    maxima: dict[str, int], ceilings: dict[str, int], growing: list[str], fits: Callable[[dict[str, int]], bool]
) -> dict[str, int]:
    """Find by bisection how many whole rounds fit, because twenty servers take many rounds."""
    low, high = 0, min(ceilings[name] - maxima[name] for name in growing)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(_more(maxima, growing, middle)):
            low = middle
        else:
            high = middle - 1
    return _more(maxima, growing, low)


def _more(maxima: dict[str, int], growing: list[str], pods: int) -> dict[str, int]:
    return {name: count + (pods if name in growing else 0) for name, count in maxima.items()}
