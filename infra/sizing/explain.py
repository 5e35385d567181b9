"""Explain every number of a plan by its rule, inputs and source, which were recorded when it was computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from infra.sizing.number import Input
from infra.sizing.plan import StackPlan
from infra.sizing.reason import OF_STAGE, Reason, Reasons, Value
from infra.units import MIB, Memory

NAMESPACE = "namespace"  # owner of the bounds, which like the volume belong to no workload
VOLUME = "volume"


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """An explanation says how one amount of the plan was computed."""

    workload: str  # name of a workload, role of node, `namespace` or `volume`
    field: str  # for example worker.requests.memory
    value: str
    rule: str  # the formula in names of its inputs, or `constant`
    inputs: tuple[Input, ...]
    source: str
    guide: str | None  # the tier guide's number; None if the guide has none
    without_overrides: str | None  # the stage's value; None if no override changes it


def explain(
    plan: StackPlan, *, guide: Mapping[str, str], without_overrides: StackPlan | None = None
) -> tuple[Explanation, ...]:
    """Explain every amount of a plan.

    Args:
        plan: The plan.
        guide: The tier guide's numbers by `workload.field`.
        without_overrides: The plan of the same stack without its overrides; None if it has none.
    """
    plain = {}
    if without_overrides:
        plain = {(owner, reason.field): reason.value for owner, reason in each_reason(without_overrides)}
    replaced = {one.field: one.guide for one in plan.departures if one.field.startswith("overrides.")}
    grown = {one.field: one.why for one in plan.departures if one.field.endswith(".replicas")}
    return tuple(
        Explanation(
            workload=owner,
            field=reason.field,
            value=_text(reason.value),
            rule=reason.number.formula if reason.number.parts or reason.number.given else "constant",
            inputs=tuple(_decided(one, plan.stage, replaced, grown) for one in reason.number.inputs),
            source=reason.source,
            guide=guide.get(f"{owner}.{reason.field}"),
            without_overrides=_unless_same(plain.get((owner, reason.field), reason.value), reason.value),
        )
        for owner, reason in each_reason(plan)
    )


def each_reason(plan: StackPlan) -> Iterator[tuple[str, Reason]]:
    """Yield (owner, reason) pairs, in the plan's order.

    Args:
        plan: The plan.
    """
    for node in plan.nodes:
        yield from _of(node.role, node.reasons)
    yield from _of(VOLUME, plan.reasons)
    further: dict[str, Reasons] = {
        plan.django.workload.name: plan.django.reasons,
        plan.postgres.workload.name: plan.postgres.reasons,
        plan.redis_broker.workload.name: plan.redis_broker.reasons,
        plan.redis_cache.workload.name: plan.redis_cache.reasons,
        plan.monitoring.prometheus.name: plan.monitoring.reasons,
        **{worker.workload.name: worker.reasons for worker in plan.workers},
    }
    if plan.pgbouncer:
        further[plan.pgbouncer.workload.name] = plan.pgbouncer.reasons
    for workload in plan.workloads:
        yield from _of(workload.name, workload.replicas.reasons, "replicas.")
        for container in workload.containers:
            yield from _of(workload.name, container.reasons, f"{container.name}.")
        yield from _of(workload.name, further.get(workload.name, ()))
    yield from _of(NAMESPACE, plan.namespace.reasons)


def _of(owner: str, reasons: Reasons, prefix: str = "") -> Iterator[tuple[str, Reason]]:
    for one in reasons:
        yield owner, replace(one, field=f"{prefix}{one.field}")


def _decided(one: Input, stage: int, replaced: Mapping[str, str], grown: Mapping[str, str]) -> Input:
    """Add where a person's number is written: the stage's file or the stack file, and what multiplied it."""
    if not one.source.startswith(OF_STAGE):
        return one
    field = one.source.removeprefix(OF_STAGE)
    path = f"overrides.{field}"
    where = f"stacks/stage{stage}.py"
    if why := grown.get(field.rpartition(".")[0]):
        where = f"{where}; {why}"
    if path in replaced:
        where = f"stagecoach:{path}, before: {replaced[path]}"
    return replace(one, source=where)


def _unless_same(before: Value, after: Value) -> str | None:
    return None if before == after else _text(before)


def _text(value: Value) -> str:
    if value is None:
        return "none"
    if isinstance(value, Memory) and value.bytes % MIB:
        return f"{value.bytes / MIB:.1f}Mi"
    return str(value)
