"""Shares what is left among the autoscalers."""

from __future__ import annotations

from infra.models.stage_config import StageConfig
from infra.names import DJANGO
from infra.sizing.assemble import Parts, assemble, pool_workload
from infra.sizing.pack import pack
from infra.sizing.plan import NodePlan


def share_out(stage: StageConfig, nodes: tuple[NodePlan, ...], *, volume_size_gib: int) -> Parts:
    """One pod in turn, web first, up to each ceiling: a maximum is what fits when all are at their maximum."""
    ceilings = {DJANGO: stage.django.replicas.ceiling}
    maxima = {DJANGO: stage.django.replicas.planned}
    for index, pool in enumerate(stage.pools):
        name = pool_workload(index, pool.name)
        ceilings[name], maxima[name] = pool.replicas.ceiling, pool.replicas.planned
    parts = assemble(stage, nodes, maxima, volume_size_gib=volume_size_gib)
    growing = [name for name in ceilings if not pack(nodes, parts.workloads).unplaced]
    while growing:
        for name in list(growing):
            more = {**maxima, name: maxima[name] + 1}
            tried = assemble(stage, nodes, more, volume_size_gib=volume_size_gib)
            if more[name] > ceilings[name] or pack(nodes, tried.workloads).unplaced:
                growing.remove(name)
            else:
                maxima, parts = more, tried
    return parts
