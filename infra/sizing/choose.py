"""Which instance type: a pin, the running one, or the first candidate that fits."""

from __future__ import annotations

from collections.abc import Callable

from infra.catalog.instance_type import InstanceType
from infra.errors import ConfigError, Problem
from infra.models.stage_config import StageConfig
from infra.sizing.inputs import PlanInputs, Recorded
from infra.sizing.reachable import require_reachable, why_unreachable
from infra.units import Memory


def candidates(
    rows: tuple[InstanceType, ...], order: tuple[str, ...], *, region: str, memory_gib: int, vcpu: int
) -> tuple[InstanceType, ...]:
    """Rows on sale in the region that are large enough, in order of preference."""
    known = {row.name: row for row in rows}
    named = (known[name] for name in order)
    asked = Memory.gib(memory_gib)
    return tuple(row for row in named if region in row.regions and row.memory >= asked and row.vcpu >= vcpu)


def row_named(rows: tuple[InstanceType, ...], name: str, region: str, field: str) -> InstanceType:
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


def choose_server(
    stage: StageConfig,
    inputs: PlanInputs,
    catalog: tuple[tuple[InstanceType, ...], tuple[str, ...]],
    recorded: Recorded | None,
    fits: Callable[[InstanceType], bool],
) -> InstanceType:
    """The server's type; where none fits the largest one, so that the plan can say what is missing.

    Raises:
        ConfigError: a pin that is unknown or that the running server can't become, or nothing large enough.
    """
    rows, order = catalog
    running = next((row for row in rows if recorded and row.name == recorded.instance_type), None)
    if inputs.instance_type:
        pinned = row_named(rows, inputs.instance_type, inputs.region, "instance_type")
        require_reachable(pinned, running, inputs, recorded)
        return pinned
    if recorded and running and recorded.stage == stage.stage and fits(running):
        return running
    offered = candidates(rows, order, region=inputs.region, memory_gib=stage.server.memory_gib, vcpu=stage.server.vcpu)
    sizes = [row for row in offered if not why_unreachable(row, running, inputs.provider, recorded)]
    chosen = next((row for row in sizes if fits(row)), None)
    if running and fits(running) and (chosen is None or running.price <= chosen.price):
        return running  # a resize stops the shop for minutes, and this one would save nothing
    if not sizes:
        problem = Problem(
            path="stagecoach:region",
            value=inputs.region,
            allowed=f"a region with at least {stage.server.memory_gib} GiB and {stage.server.vcpu} vCPU on sale",
            hint="Choose another region or pin stagecoach:instance_type",
        )
        raise ConfigError("no instance type is large enough", [problem])
    return chosen or sizes[-1]
