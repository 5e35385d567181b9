"""Choose an instance type: the pinned one, the running one, or the first candidate that fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infra.clouds.catalog import Catalog
from infra.clouds.catalog.instance_type import InstanceType
from infra.errors import ConfigError, Problem
from infra.sizing.inputs import PlanInputs, Recorded
from infra.sizing.reachable import require_reachable, why_unreachable
from infra.units import Memory


@dataclass(frozen=True, kw_only=True)
class Ask:
    """An ask says what a stage requires of one role of node."""

    stage: int
    memory_gib: int
    vcpu: int
    pin: str | None
    field: str  # the key of the stack file that pins the type


def candidates(catalog: Catalog, *, region: str, memory_gib: int, vcpu: int) -> tuple[InstanceType, ...]:
    """Return the types on sale in the region that are large enough, in order of preference.

    Args:
        catalog: What the provider sells.
        region: The provider's name of the region.
        memory_gib: Least memory in GiB, as the provider advertises it.
        vcpu: Least number of virtual CPUs.
    """
    rows, order = catalog.instance_types, catalog.candidates
    known = {row.name: row for row in rows}
    named = (known[name] for name in order)
    asked = Memory.gib(memory_gib)
    return tuple(row for row in named if row.on_sale(region) and row.memory >= asked and row.vcpu >= vcpu)


def choose(
    ask: Ask, inputs: PlanInputs, catalog: Catalog, recorded: Recorded | None, fits: Callable[[InstanceType], bool]
) -> InstanceType:
    """Choose the type for one role of node.

    Args:
        ask: What the stage requires.
        inputs: The stack file's part in the plan.
        catalog: What the provider sells.
        recorded: What the deployment has, seen from this role; None if it has no such server.
        fits: Whether everything fits on a type.

    Returns:
        The largest type if none fits, so that the plan can say what is missing.

    Raises:
        ConfigError: The pin is unknown, the running server cannot become it, or no type is large enough.
    """
    rows = catalog.instance_types
    running = next((row for row in rows if recorded and row.name == recorded.instance_type), None)
    if ask.pin:
        pinned = _pinned(rows, ask, inputs.region, running)
        require_reachable(pinned, running, inputs.provider, recorded, ask.field)
        return pinned
    if recorded and running and recorded.stage == ask.stage and fits(running):
        return running
    offered = candidates(catalog, region=inputs.region, memory_gib=ask.memory_gib, vcpu=ask.vcpu)
    sizes = [row for row in offered if not why_unreachable(row, running, inputs.provider, recorded)]
    chosen = next((row for row in sizes if fits(row)), None)
    if running and fits(running) and (chosen is None or running.price <= chosen.price):
        return running  # a resize means minutes of downtime, and this type would save nothing
    if not sizes:
        problem = Problem(
            path="stagecoach:region",
            value=inputs.region,
            allowed=f"a region with at least {ask.memory_gib} GiB and {ask.vcpu} vCPU on sale",
            hint=f"Choose another region, pin stagecoach:{ask.field}, or look at stagecoach:catalog.sold_out",
        )
        raise ConfigError("no instance type is large enough", [problem])
    return chosen or sizes[-1]


def _pinned(rows: tuple[InstanceType, ...], ask: Ask, region: str, running: InstanceType | None) -> InstanceType:
    """Return the type that is pinned; a running server may keep a type that is no longer sold.

    Raises:
        ConfigError: The type is unknown, or is not sold in the region.
    """
    on_sale = {row.name: row for row in rows if row.on_sale(region)}
    if running and running.name == ask.pin:
        return running
    if ask.pin is None or ask.pin not in on_sale:
        stock = next((row.stock for row in rows if row.name == ask.pin and region in row.regions), None)
        problem = Problem(
            path=f"stagecoach:{ask.field}",
            value=f"{ask.pin} ({stock})" if stock else str(ask.pin),
            allowed=f"one of {', '.join(sorted(on_sale)) or 'none'} in {region}",
            hint="Name one of these, or leave it out to take the first that fits",
        )
        title = f"the instance type is {stock}" if stock else "the instance type is not in the catalog"
        raise ConfigError(title, [problem])
    return on_sale[ask.pin]
