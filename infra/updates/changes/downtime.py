"""How long each part is down, and the shop with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infra.assumption import Assumption
from infra.sizing.plan import StackPlan, WorkloadPlan
from infra.updates.changes.assumptions import NEEDED, OTHER_RESTART, RESTART, resized, total
from infra.updates.changes.restarts import CELERY_SERVERS, K3S, SERVER, WITH_CELERY_SERVERS, WITH_SERVER
from infra.updates.changes.stack_diff import Downtime

_WITH_NODE = (WITH_SERVER, WITH_CELERY_SERVERS)


def away_seconds(name: str, why: Sequence[str], plan: StackPlan) -> int:
    """From stop to answer; a pod that stops with its server and has new numbers, too, restarts twice."""
    node = total(resized(plan.provider))
    if name in (SERVER, CELERY_SERVERS):
        return node
    if name == K3S:
        return total((OTHER_RESTART,))
    with_node = node if any(reason in _WITH_NODE for reason in why) else 0
    return with_node + (restart_seconds(name, plan) if own_reasons(why) else 0)


def own_reasons(why: Sequence[str]) -> list[str]:
    """Reasons besides the server under it."""
    return [reason for reason in why if reason not in _WITH_NODE]


def downtime(why: Mapping[str, Sequence[str]], plan: StackPlan) -> Downtime:
    """The server's, then every single pod without which no page or order is answered, one after the other."""
    parts: list[Assumption] = []
    if SERVER in why:
        parts += resized(plan.provider)
    for name in NEEDED:
        if own_reasons(why.get(name, ())):
            parts += _restart(name, plan)
    return Downtime(seconds=total(tuple(parts)), parts=tuple(parts))


def restart_seconds(name: str, plan: StackPlan) -> int:
    """Of a workload's own pods."""
    return total(_restart(name, plan))


def _restart(name: str, plan: StackPlan) -> tuple[Assumption, ...]:
    """Nothing for what is rolled: a new pod answers before the old one leaves."""
    workload = next((one for one in plan.workloads if one.name == name), None)
    if workload is None or workload.replicas.surge:
        return ()
    return (*_grace(workload, plan), RESTART.get(name, OTHER_RESTART))


def _grace(workload: WorkloadPlan, plan: StackPlan) -> tuple[Assumption, ...]:
    """A worker may end its tasks first."""
    seconds = next((one.grace_period for one in plan.workers if one.workload.name == workload.name), 0)
    what = "running tasks have their grace period"
    return (Assumption(what=what, seconds=seconds, source="the plan"),) if seconds else ()
