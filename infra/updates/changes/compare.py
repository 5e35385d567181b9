"""Compute what changes when a deployment is updated from one stack config to another."""

from __future__ import annotations

from infra.clouds import CLOUDS
from infra.prices.month import month_price
from infra.sizing.plan import NodePlan
from infra.stack_file.stack_config import StackConfig
from infra.updates.changes.downtime import away_seconds, downtime
from infra.updates.changes.events import events
from infra.updates.changes.restarts import (
    CELERY_SERVERS,
    K3S,
    SERVER,
    WITH_CELERY_SERVERS,
    WITH_SERVER,
    pods_on_the_server,
    pods_that_restart,
    restarts_of_config,
)
from infra.updates.changes.server import Move, plan_move
from infra.updates.changes.stack_diff import CostChange, Downtime, Irreversible, Restart, StackDiff
from infra.updates.changes.values import changed, config_values, plan_values
from infra.updates.changes.way_back import way_back


def compare(before: StackConfig, after: StackConfig, *, root_disk_gb: int | None = None) -> StackDiff:
    """Plan both configs and compare the plans, as if the deployment were exactly what `before` builds.

    Args:
        before: the stack config of the last update.
        after: the stack config of the next update.
        root_disk_gb: size of the running server's root disk in GB, as the provider or the state shows it. None: assume
            the smaller of the two types' disks.

    Raises:
        ConfigError: one of the configs can't be planned.
    """
    move = plan_move(before, after, root_disk_gb=root_disk_gb)
    old = {**config_values(before), **plan_values(move.before)}
    new = {**config_values(after), **plan_values(move.after)}
    why = _why(before, after, move)
    restarts = _restarts(why, move)
    return StackDiff(
        stages=(move.before.stage, move.after.stage),
        server=move.server,
        changes=changed(old, new),
        restarts=restarts,
        irreversible=_irreversible(move),
        cost=CostChange(before=month_price(move.before), after=month_price(move.after)),
        root_disk=move.root_disk,
        # The program refuses such an update before it stops anything.
        downtime=Downtime(seconds=0, parts=()) if move.refused else downtime(why, move.after),
        events=() if move.refused else events(move.before, move.after, restarts),
        way_back=way_back(before, after, move),
        assumptions=move.assumptions,
        refused=move.refused,
    )


def _why(before: StackConfig, after: StackConfig, move: Move) -> dict[str, list[str]]:
    """Return the name of everything that restarts, with each reason."""
    why = pods_that_restart(move.before, move.after)
    for name, reasons in restarts_of_config(before, after, move.after).items():
        why.setdefault(name, []).extend(reasons)
    if move.server.before != move.server.becomes:
        why[SERVER] = [f"resized from {move.server.before} to {move.server.becomes}: powered off and on"]
        for name in pods_on_the_server(move.before):
            why.setdefault(name, []).insert(0, WITH_SERVER)
    old, new = move.before.server, move.after.server
    if _reserved(old) != _reserved(new):
        why.setdefault(K3S, []).append("what it reserves for itself")
    _celery_servers(move, why)
    return why


def _reserved(node: NodePlan) -> tuple[object, ...]:
    return node.kube_reserved, node.system_reserved, node.eviction


def _restarts(why: dict[str, list[str]], move: Move) -> tuple[Restart, ...]:
    """Sort the restarts: server, Celery servers and k3s first, then the workloads in the plan's order."""
    order = (SERVER, CELERY_SERVERS, K3S, *(one.name for one in move.after.workloads))
    named = sorted(why, key=lambda name: order.index(name) if name in order else len(order))
    return tuple(
        Restart(name=name, why=tuple(why[name]), away_seconds=away_seconds(name, why[name], move.after))
        for name in named
    )


def _celery_servers(move: Move, why: dict[str, list[str]]) -> None:
    """Add the restarts that a new type of Celery server causes; a new count only lets workers move."""
    old, new = move.before.celery_servers, move.after.celery_servers
    if old is None or new is None or old.instance_type == new.instance_type:
        return
    why[CELERY_SERVERS] = [f"resized from {old.instance_type} to {new.instance_type}: powered off and on"]
    for worker in move.before.workers:
        why.setdefault(worker.workload.name, []).insert(0, WITH_CELERY_SERVERS)


def _irreversible(move: Move) -> tuple[Irreversible, ...]:
    found = []
    old, new = move.before.volume_size_gib, move.after.volume_size_gib
    if new > old:
        why = "a volume never shrinks"
        found.append(Irreversible(path="volume_size_gib", before=f"{old}", after=f"{new}", why=why))
    resized = move.server.before != move.server.becomes
    if resized and CLOUDS[move.after.provider].upgrade_only:
        why = f"{move.after.provider} does not make a server smaller"
        path = "nodes.server.instance_type"
        found.append(Irreversible(path=path, before=move.server.before, after=move.server.becomes, why=why))
    return tuple(found)
