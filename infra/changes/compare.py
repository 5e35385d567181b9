"""What an update from one stack config to another changes."""

from __future__ import annotations

from decimal import Decimal

from infra.changes.restarts import (
    CELERY_SERVERS,
    K3S,
    SERVER,
    pods_on_the_server,
    pods_that_restart,
    restarts_of_config,
)
from infra.changes.server import Move, plan_move
from infra.changes.stack_diff import CostChange, Irreversible, Restart, StackDiff
from infra.changes.values import changed, config_values, plan_values
from infra.models.stack_config import StackConfig
from infra.sizing.plan import StackPlan
from infra.sizing.reachable import UPGRADE_ONLY

_CENT = Decimal("0.01")


def compare(before: StackConfig, after: StackConfig, *, root_disk_gb: int | None = None) -> StackDiff:
    """Plans both sides and compares them; the deployment is taken to be what `before` builds.

    Raises:
        ConfigError: one of the configs can't be planned.
    """
    move = plan_move(before, after, root_disk_gb=root_disk_gb)
    old = {**config_values(before), **plan_values(move.before)}
    new = {**config_values(after), **plan_values(move.after)}
    return StackDiff(
        stages=(move.before.stage, move.after.stage),
        server=move.server,
        changes=changed(old, new),
        restarts=_restarts(before, after, move),
        irreversible=_irreversible(move),
        cost=_cost(move.before, move.after),
        assumptions=move.assumptions,
        refused=move.refused,
    )


def _restarts(before: StackConfig, after: StackConfig, move: Move) -> tuple[Restart, ...]:
    """The server first, then the plan's order."""
    why = pods_that_restart(move.before, move.after)
    for name, reasons in restarts_of_config(before, after, move.after).items():
        why.setdefault(name, []).extend(reasons)
    if move.server.before != move.server.becomes:
        why[SERVER] = [f"resized from {move.server.before} to {move.server.becomes}: powered off and on"]
        for name in pods_on_the_server(move.before):
            why.setdefault(name, []).insert(0, "the server is resized")
    _celery_servers(move, why)
    order = (SERVER, CELERY_SERVERS, K3S, *(one.name for one in move.after.workloads))
    named = sorted(why, key=lambda name: order.index(name) if name in order else len(order))
    return tuple(Restart(name=name, why=tuple(why[name])) for name in named)


def _celery_servers(move: Move, why: dict[str, list[str]]) -> None:
    """A resized one takes its workers along; a count that changes lets them move."""
    old, new = move.before.celery_servers, move.after.celery_servers
    if old is None or new is None or old.instance_type == new.instance_type:
        return
    why[CELERY_SERVERS] = [f"resized from {old.instance_type} to {new.instance_type}: powered off and on"]
    for worker in move.before.workers:
        why.setdefault(worker.workload.name, []).insert(0, "the Celery servers are resized")


def _irreversible(move: Move) -> tuple[Irreversible, ...]:
    found = []
    old, new = move.before.volume_size_gib, move.after.volume_size_gib
    if new > old:
        why = "a volume never shrinks"
        found.append(Irreversible(path="volume_size_gib", before=f"{old}", after=f"{new}", why=why))
    resized = move.server.before != move.server.becomes
    if resized and move.after.provider in UPGRADE_ONLY:
        why = f"{move.after.provider} does not make a server smaller"
        path = "nodes.server.instance_type"
        found.append(Irreversible(path=path, before=move.server.before, after=move.server.becomes, why=why))
    return tuple(found)


def _cost(before: StackPlan, after: StackPlan) -> CostChange:
    old, new = _month(before), _month(after)
    currency = after.server.currency
    delta = new - old if before.server.currency == currency else None
    return CostChange(before=old, after=new, currency=currency, delta=delta)


def _month(plan: StackPlan) -> Decimal:
    return sum((Decimal(node.price) * node.count for node in plan.nodes), Decimal(0)).quantize(_CENT)
