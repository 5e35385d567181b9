"""Estimate how long each part, and with it the shop, is down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infra.assumption import Assumption
from infra.sizing.plan import StackPlan, WorkloadPlan
from infra.updates.changes.assumptions import NEEDED, OTHER_RESTART, RESTART, resized, total
from infra.updates.changes.restarts import CELERY_SERVERS, K3S, SERVER, WITH_CELERY_SERVERS, WITH_SERVER
from infra.updates.changes.stack_diff import Downtime

_WITH_NODE = (WITH_SERVER, WITH_CELERY_SERVERS)


def away_seconds(name: str, why: Sequence[str], plan: StackPlan) -> int:
    """Return how many seconds pass from a part's stop until it answers again.

    A pod whose server is resized and whose own settings changed restarts twice, so both times are added.

    Args:
        name: a workload, "server", "Celery servers" or "k3s".
        why: the reasons for its restart.
        plan: the plan after the update.
    """
    node = total(resized(plan.provider))
    if name in (SERVER, CELERY_SERVERS):
        return node
    if name == K3S:
        return total((OTHER_RESTART,))
    with_node = node if any(reason in _WITH_NODE for reason in why) else 0
    return with_node + (restart_seconds(name, plan) if own_reasons(why) else 0)


def own_reasons(why: Sequence[str]) -> list[str]:
    """Return the reasons that are not the resize of the server that the pod runs on."""
    return [reason for reason in why if reason not in _WITH_NODE]


def downtime(why: Mapping[str, Sequence[str]], plan: StackPlan) -> Downtime:
    """Add up the server's downtime and that of each single pod that pages and orders need.

    The sum counts the pods as if they restarted one after the other.

    Args:
        why: everything that restarts, with its reasons.
        plan: the plan after the update.
    """
    parts: list[Assumption] = []
    if SERVER in why:
        parts += resized(plan.provider)
    for name in NEEDED:
        if own_reasons(why.get(name, ())):
            parts += _restart(name, plan)
    return Downtime(seconds=total(tuple(parts)), parts=tuple(parts))


def restart_seconds(name: str, plan: StackPlan) -> int:
    """Return how many seconds a workload's own pods need to restart."""
    return total(_restart(name, plan))


def _restart(name: str, plan: StackPlan) -> tuple[Assumption, ...]:
    """Return the steps of a restart; none for a rolling update, where the new pod answers before the old one stops."""
    workload = next((one for one in plan.workloads if one.name == name), None)
    if workload is None or workload.replicas.surge:
        return ()
    return (*_grace(workload, plan), RESTART.get(name, OTHER_RESTART))


def _grace(workload: WorkloadPlan, plan: StackPlan) -> tuple[Assumption, ...]:
    """Return the time that a worker gets to finish its running tasks; nothing for other workloads."""
    seconds = next((one.grace_period for one in plan.workers if one.workload.name == workload.name), 0)
    what = "running tasks have their grace period"
    return (Assumption(what=what, seconds=seconds, source="the plan"),) if seconds else ()
