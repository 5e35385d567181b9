"""Which instance type: a pin, the running one, or the first candidate that fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infra.catalog.instance_type import InstanceType
from infra.errors import ConfigError, Problem
from infra.sizing.inputs import PlanInputs, Recorded
from infra.sizing.reachable import require_reachable, why_unreachable
from infra.units import Memory

Catalog = tuple[tuple[InstanceType, ...], tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What a stage asks of one role of node."""

    stage: int
    memory_gib: int
    vcpu: int
    pin: str | None
    field: str  # the stack file's key of the pin


def candidates(catalog: Catalog, *, region: str, memory_gib: int, vcpu: int) -> tuple[InstanceType, ...]:
    """Rows on sale in the region that are large enough, in order of preference."""
    rows, order = catalog
    known = {row.name: row for row in rows}
    named = (known[name] for name in order)
    asked = Memory.gib(memory_gib)
    return tuple(row for row in named if region in row.regions and row.memory >= asked and row.vcpu >= vcpu)


def choose(
    ask: Ask, inputs: PlanInputs, catalog: Catalog, recorded: Recorded | None, fits: Callable[[InstanceType], bool]
) -> InstanceType:
    """The role's type; where none fits the largest one, so that the plan can say what is missing.

    Raises:
        ConfigError: a pin that is unknown or that the running server can't become, or nothing large enough.
    """
    rows, _ = catalog
    running = next((row for row in rows if recorded and row.name == recorded.instance_type), None)
    if ask.pin:
        pinned = _row_named(rows, ask.pin, inputs.region, ask.field)
        require_reachable(pinned, running, inputs.provider, recorded, ask.field)
        return pinned
    if recorded and running and recorded.stage == ask.stage and fits(running):
        return running
    offered = candidates(catalog, region=inputs.region, memory_gib=ask.memory_gib, vcpu=ask.vcpu)
    sizes = [row for row in offered if not why_unreachable(row, running, inputs.provider, recorded)]
    chosen = next((row for row in sizes if fits(row)), None)
    if running and fits(running) and (chosen is None or running.price <= chosen.price):
        return running  # a resize stops the server for minutes, and this one would save nothing
    if not sizes:
        problem = Problem(
            path="stagecoach:region",
            value=inputs.region,
            allowed=f"a region with at least {ask.memory_gib} GiB and {ask.vcpu} vCPU on sale",
            hint=f"Choose another region or pin stagecoach:{ask.field}",
        )
        raise ConfigError("no instance type is large enough", [problem])
    return chosen or sizes[-1]


def _row_named(rows: tuple[InstanceType, ...], name: str, region: str, field: str) -> InstanceType:
    """The row of a pin.

    Raises:
        ConfigError: no such type, or not in that region.
    """
    on_sale = {row.name: row for row in rows if region in row.regions}
    if name not in on_sale:
        problem = Problem(
            path=f"stagecoach:{field}",
            value=name,
            allowed=f"one of {', '.join(sorted(on_sale)) or 'none'} in {region}",
            hint="Name one of these, or leave it out to take the first that fits",
        )
        raise ConfigError("the instance type is not in the catalog", [problem])
    return on_sale[name]
