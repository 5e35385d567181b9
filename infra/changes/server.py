"""Whether the running server can become what the stack file asks for."""

from __future__ import annotations

from dataclasses import dataclass

from infra.catalog import INSTANCE_TYPES
from infra.catalog.instance_type import InstanceType
from infra.changes.stack_diff import ServerMove
from infra.config.resolve import plan_for
from infra.errors import ConfigError
from infra.models.stack_config import StackConfig
from infra.sizing.inputs import Recorded
from infra.sizing.plan import StackPlan
from infra.sizing.reachable import why_unreachable

_PLACE = ("name", "provider", "region")


@dataclass(frozen=True, kw_only=True)
class Move:
    """A deployment as `before` plans it, updated to `after`."""

    before: StackPlan
    after: StackPlan
    server: ServerMove
    assumptions: tuple[str, ...]
    refused: tuple[str, ...]


def plan_move(before: StackConfig, after: StackConfig, *, root_disk_gb: int | None = None) -> Move:
    """Plans `after` for the deployment that `before` would have built; `root_disk_gb` is what its server really has.

    Raises:
        ConfigError: as `plan_for`, except for a type that the running server can't become.
    """
    old, wanted = plan_for(before), plan_for(after)
    elsewhere = [key for key in _PLACE if getattr(before, key) != getattr(after, key)]
    if elsewhere:
        return _elsewhere(old, wanted, elsewhere)
    running, asked = _row(old), _row(wanted)
    recorded = Recorded(
        name=before.name,
        provider=before.provider,
        region=before.region,
        stage=old.stage,
        instance_type=running.name,
        # A way back supposes a way there: the root disk is the smaller type's, unless somebody has looked.
        root_disk_gb=root_disk_gb or min(running.disk_gb, asked.disk_gb),
        volume_size_gib=old.volume_size_gib,
    )
    reason = why_unreachable(asked, running, after.provider, recorded)
    try:
        new = plan_for(after, recorded)
    except ConfigError as error:
        refused = tuple(f"{problem.path} = {problem.value}: {problem.allowed}" for problem in error.problems)
        server = _server(running.name, asked.name, running.name, reason or refused[0])
        return Move(before=old, after=wanted, server=server, assumptions=(), refused=refused)
    becomes = new.server.instance_type
    server = _server(running.name, asked.name if reason else becomes, becomes, reason)
    assumed = root_disk_gb is None and asked.disk_gb < running.disk_gb and reason is None
    return Move(
        before=old,
        after=new,
        server=server,
        assumptions=(_root_disk(asked),) if assumed else (),
        refused=unsound(new),
    )


def _row(plan: StackPlan) -> InstanceType:
    return next(row for row in INSTANCE_TYPES[plan.provider] if row.name == plan.server.instance_type)


def _server(before: str, after: str, becomes: str, reason: str | None) -> ServerMove:
    possible = reason is None
    return ServerMove(before=before, after=after, becomes=becomes, in_place=True, possible=possible, reason=reason)


def _elsewhere(old: StackPlan, new: StackPlan, fields: list[str]) -> Move:
    reason = f"another {' and '.join(fields)} would replace the server and its data"
    before, after = old.server.instance_type, new.server.instance_type
    server = ServerMove(before=before, after=after, becomes=before, in_place=False, possible=False, reason=reason)
    return Move(before=old, after=new, server=server, assumptions=(), refused=(reason, *unsound(new)))


def _root_disk(asked: InstanceType) -> str:
    return (
        f"the server's root disk has at most {asked.disk_gb} GB, as where it was built as {asked.name} or smaller; "
        "--root-disk-gb checks the real one"
    )


def unsound(plan: StackPlan) -> tuple[str, ...]:
    """Why the program refuses a plan; empty when it does not."""
    broken = (f"{check.name}: {check.reason} (stagecoach:{check.field})" for check in plan.checks if not check.ok)
    return (*(f"does not fit: {line}" for line in plan.missing), *broken)
