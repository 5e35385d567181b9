"""Decide whether the running server can become what the stack file asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypedDict

from infra.clouds import CLOUDS
from infra.clouds.catalog.instance_type import InstanceType
from infra.errors import ConfigError, Problem, RefusedError
from infra.planner.against_past import require_possible
from infra.planner.plan_for import plan_for
from infra.preflight.deploy_key_steps import step_problems
from infra.sizing.inputs import Recorded
from infra.sizing.plan import NodePlan, StackPlan
from infra.sizing.reachable import why_unreachable
from infra.stack_file.stack_config import StackConfig
from infra.updates.changes.stack_diff import RootDisk, ServerMove


class RecordedCelery(TypedDict, total=False):
    """Hold the fields of `Recorded` that describe Celery servers."""

    celery_instance_type: str
    celery_root_disk_gb: int


_PLACE = ("name", "provider", "region")


@dataclass(frozen=True, kw_only=True)
class Move:
    """Hold both plans of an update, and whether the servers can make the move."""

    before: StackPlan
    after: StackPlan
    server: ServerMove
    root_disk: RootDisk
    assumptions: tuple[str, ...]
    refused: tuple[str, ...]


def plan_move(before: StackConfig, after: StackConfig, *, root_disk_gb: int | None = None) -> Move:
    """Plan `after` for the deployment that `before` would have built.

    Args:
        before: the stack config of the last update.
        after: the stack config of the next update.
        root_disk_gb: size of the running server's root disk in GB; None where nobody has looked it up.

    Raises:
        ConfigError: as `plan_for`, except for a type that the running server can't become: that is in `refused`.
    """
    old, wanted = plan_for(before), plan_for(after)
    running = _row(old)
    disk = _root_disk(old, wanted, root_disk_gb)
    recorded = Recorded(
        name=before.name,
        provider=before.provider,
        region=before.region,
        stage=old.stage,
        instance_type=running.name,
        root_disk_gb=disk.gb,
        volume_size_gib=old.volume_size_gib,
        k3s_version=before.k3s.version or "",  # Where the field is left out, nobody knows which version runs.
        **_celery(old, wanted),
    )
    if any(getattr(before, key) != getattr(after, key) for key in _PLACE):
        return _elsewhere(old, wanted, disk, against_past(after, recorded))
    move = _in_place(old, wanted, after, recorded, disk)
    steps = step_problems(after.deploy_keys, before.deploy_keys, "the update before")
    return replace(move, refused=(*move.refused, *map(_line, steps)))


def _in_place(old: StackPlan, wanted: StackPlan, after: StackConfig, recorded: Recorded, disk: RootDisk) -> Move:
    running, asked = _row(old), _row(wanted)
    reason = why_unreachable(asked, running, after.provider, recorded)
    refused = against_past(after, recorded)
    try:
        new = plan_for(after, recorded)
    except ConfigError as error:
        refused = (*refused, *map(_line, error.problems))
        server = _server(running.name, asked.name, running.name, reason or refused[0])
        return Move(before=old, after=wanted, server=server, root_disk=disk, assumptions=(), refused=refused)
    becomes = new.server.instance_type
    assumed = not disk.recorded and asked.disk_gb < running.disk_gb and reason is None
    return Move(
        before=old,
        after=new,
        server=_server(running.name, asked.name if reason else becomes, becomes, reason),
        root_disk=disk,
        assumptions=(_unseen(asked),) if assumed else (),
        refused=(*refused, *new.faults),
    )


def against_past(after: StackConfig, recorded: Recorded) -> tuple[str, ...]:
    """Return the program's own reasons for refusing this update."""
    try:
        require_possible(after, recorded)
    except RefusedError as error:
        return tuple(map(_line, error.problems))
    return ()


def _line(problem: Problem) -> str:
    return f"{problem.path} = {problem.value}: {problem.allowed}"


def _celery(old: StackPlan, wanted: StackPlan) -> RecordedCelery:
    """Return the type and root disk of the running Celery servers.

    They keep their type as the server does. A comparison of files does not know their disk, so it assumes the disk of
    the smaller type.
    """
    if old.celery_servers is None:
        return {}
    running = _row(old, old.celery_servers)
    then = _row(wanted, wanted.celery_servers or old.celery_servers)
    return {"celery_instance_type": running.name, "celery_root_disk_gb": min(running.disk_gb, then.disk_gb)}


def _row(plan: StackPlan, node: NodePlan | None = None) -> InstanceType:
    wanted = (node or plan.server).instance_type
    return next(row for row in CLOUDS[plan.provider].catalog.instance_types if row.name == wanted)


def _server(before: str, after: str, becomes: str, reason: str | None) -> ServerMove:
    possible = reason is None
    return ServerMove(before=before, after=after, becomes=becomes, in_place=True, possible=possible, reason=reason)


def _elsewhere(old: StackPlan, new: StackPlan, disk: RootDisk, refused: tuple[str, ...]) -> Move:
    before, after, reason = old.server.instance_type, new.server.instance_type, "it would be another server"
    server = ServerMove(before=before, after=after, becomes=before, in_place=False, possible=False, reason=reason)
    refused = (*refused, *new.faults)
    return Move(before=old, after=new, server=server, root_disk=disk, assumptions=(), refused=refused)


def _root_disk(old: StackPlan, wanted: StackPlan, looked: int | None) -> RootDisk:
    """Return the disk size that was looked up, or else assume the smaller type's disk."""
    if looked is not None:
        return RootDisk(gb=looked, recorded=True, said=f"{looked} GB, recorded")
    born = (
        min((old, wanted), key=lambda plan: (_row(plan).disk_gb, plan is not old)) if _same_cloud(old, wanted) else old
    )
    row = _row(born)
    said = f"unknown: assumes born at stage {born.stage}, as {row.name} with {row.disk_gb} GB"
    return RootDisk(gb=row.disk_gb, recorded=False, said=said)


def _same_cloud(old: StackPlan, wanted: StackPlan) -> bool:
    return old.provider == wanted.provider


def _unseen(asked: InstanceType) -> str:
    return (
        f"the server's root disk has at most {asked.disk_gb} GB, as where it was built as {asked.name} or smaller; "
        "--root-disk-gb checks the real one"
    )
