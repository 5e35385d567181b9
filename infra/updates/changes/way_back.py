"""Plan the way back from an update, like any other update, from the state that it would leave behind."""

from __future__ import annotations

from collections.abc import Iterator

from infra.clouds import CLOUDS
from infra.errors import ConfigError
from infra.planner.plan_for import plan_for
from infra.prices.month import month_price
from infra.sizing.inputs import Recorded
from infra.sizing.plan import StackPlan
from infra.stack_file.stack_config import StackConfig
from infra.updates.changes.server import Move, against_past
from infra.updates.changes.stack_diff import WayBack


def way_back(before: StackConfig, after: StackConfig, move: Move) -> WayBack:
    """Describe the update that the old stack file would make after this one.

    Args:
        before: the stack config to go back to.
        after: the stack config of the update.
        move: the update's plan.
    """
    if move.refused:
        return WayBack(complete=True, lines=("nothing to take back: the update is refused before anything changes",))
    left = _left_behind(after, move)
    problems = against_past(before, left)
    try:
        then = plan_for(before, left)
    except ConfigError as error:
        problems = (*problems, *(f"{one.path} = {one.value}: {one.allowed}" for one in error.problems))
        return WayBack(complete=False, lines=tuple(_refused(problems)))
    if problems:
        return WayBack(complete=False, lines=tuple(_refused(problems)))
    same = then.server.instance_type == move.before.server.instance_type
    return WayBack(complete=same, lines=tuple(_lines(before, after, move, then)))


def _left_behind(after: StackConfig, move: Move) -> Recorded:
    plan = move.after
    celery = plan.celery_servers
    return Recorded(
        name=after.name,
        provider=after.provider,
        region=after.region,
        stage=plan.stage,
        instance_type=move.server.becomes,
        root_disk_gb=move.root_disk.gb,
        volume_size_gib=plan.volume_size_gib,
        celery_instance_type=celery.instance_type if celery else "",
        k3s_version=after.k3s.version or "",
    )


def _refused(problems: tuple[str, ...]) -> Iterator[str]:
    yield "the old stack file alone is no way back; it would be refused until this is changed in it:"
    yield from problems


def _lines(before: StackConfig, after: StackConfig, move: Move, then: StackPlan) -> Iterator[str]:
    cloud = CLOUDS[after.provider]
    yield "take the change back in the stack file and update once more"
    old, now, back = move.before.server.instance_type, move.server.becomes, then.server.instance_type
    if back == old != now:
        yield f"the server becomes {old} again, in place, and is down once more"
    elif back != old:
        why = f": {after.provider} does not make a server smaller" if cloud.upgrade_only else ""
        yield f"the server stays {back}{why}; stage {then.stage} then costs {month_price(then)}"
    if then.volume_size_gib > move.before.volume_size_gib:
        yield f"the volume keeps its {then.volume_size_gib} GiB"
    if old != now and cloud.repriced:
        yield cloud.repriced
    if before.image != after.image:
        yield "the new image's database migrations stay: the old image must run with them"
    yield "orders, customers and waiting tasks stay where they are"
