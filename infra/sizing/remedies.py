"""Find the smallest changes that make a refused plan fit; each is planned before a message proposes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from infra.clouds.catalog import Catalog
from infra.errors import ConfigError
from infra.sizing.celery_servers import MOST
from infra.sizing.celery_worker import MASTER
from infra.sizing.inputs import PlanInputs
from infra.sizing.plan import Departure, NodePlan, Remedy, StackPlan
from infra.stack_file.stage_config import PoolConfig, ReplicaRange, StageConfig
from infra.units import MIB, Cpu, Memory

# One more worker process takes 87 MiB (measured) and 100m, which is the tier guide's step from its stage 1 to its stage
# 2 (docs/explanation/guide.md).
_PROCESS = Cpu(100), Memory.mib(87)
_MOST_PROCESSES = 64
_MORE_SERVERS = 3  # numbers of servers that are tried, one after the other


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change is a stack file with one thing changed."""

    text: str  # in the stack file's own words
    stage: StageConfig
    inputs: PlanInputs


@dataclass(frozen=True, kw_only=True)
class Money:
    """Money prices a plan and holds the budget; the caller passes it, because sizing cannot import prices."""

    month: Callable[[StackPlan], Decimal]
    budget: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A trial plans a change and compares its price."""

    plan: Callable[[Change], StackPlan]
    money: Money


def remedies(
    refused: StackPlan, now: Change, catalog: Catalog, overridden: tuple[Departure, ...], trial: Trial
) -> tuple[Remedy, ...]:
    """Return the first change of each kind that fits and keeps every contract.

    Changes within the budget come first; a change above it comes last, and says so.

    Args:
        refused: The plan that does not fit.
        now: The stack file as it is.
        catalog: What the provider sells.
        overridden: A departure for each override.
        trial: Plans a change.
    """
    kinds = (
        *(iter((change,)) for change in _taken_back(now, overridden)),
        _without_grafana(now),
        *_fewer_pods(now),
        *_more_processes(now),
        _celery_servers(now, refused),
        _celery_types(now, refused, catalog),
        _server_types(now, refused, catalog),
    )
    found = [one for one in (_first(kind, refused, trial) for kind in kinds) if one]
    return tuple(sorted(found, key=lambda one: one.within_budget is False))


def _first(kind: Iterator[Change], refused: StackPlan, trial: Trial) -> Remedy | None:
    broken = {check.name for check in refused.broken}
    above = None
    for change in kind:
        try:
            made = trial.plan(change)
        except ConfigError:
            continue  # the running server cannot become that type
        if made.fits and {check.name for check in made.broken} <= broken:
            found = _remedy(change.text, refused, made, trial.money)
            if found.within_budget is not False:
                return found
            above = above or found
    return above


def _remedy(text: str, refused: StackPlan, made: StackPlan, money: Money) -> Remedy:
    server, celery = made.server, made.celery_servers
    nodes = server.instance_type + (f" + {celery.count} x {celery.instance_type}" if celery else "")
    before, after = money.month(refused), money.month(made)
    within = None if money.budget is None else after <= money.budget
    effect = f"fits {nodes}, {after} {server.currency} a month" + ("" if before == after else f" instead of {before}")
    if within is False:
        effect += f", above the budget of {money.budget}"
    return Remedy(change=text, effect=effect, price=str(after), currency=server.currency, within_budget=within)


def _taken_back(now: Change, overridden: tuple[Departure, ...]) -> Iterator[Change]:
    """Take back each override by itself."""
    for one in overridden:
        values = now.stage.model_dump()
        path = one.field.removeprefix("overrides.").split(".")
        target: Any = values
        if path[0] == "pools":
            target = next(pool for pool in values["pools"] if pool["name"] == path[1])
            path = path[2:]
        for key in path[:-1]:
            target = target[key]
        if isinstance(target[path[-1]], list | tuple):
            continue  # queues need no room
        target[path[-1]] = None if one.guide == "computed" else one.guide
        try:
            stage = StageConfig.model_validate(values)
        except ValidationError:
            continue
        yield replace(now, text=f"take back {one.field}: {one.plan} ({one.guide} is the stage's)", stage=stage)


def _without_grafana(now: Change) -> Iterator[Change]:
    if now.stage.grafana:
        stage = now.stage.model_copy(update={"grafana": False})
        yield replace(now, text="monitoring: {grafana: false}", stage=stage)


def _fewer_pods(now: Change) -> Iterator[Iterator[Change]]:
    """Lower the number of pods, one workload at a time."""

    def django() -> Iterator[Change]:
        for replicas in _less(now.stage.django.replicas):
            web = now.stage.django.model_copy(update={"replicas": replicas})
            text = f"overrides: {{django: {{replicas: {_replicas(replicas)}}}}}"
            yield replace(now, text=text, stage=now.stage.model_copy(update={"django": web}))

    def pool(one: PoolConfig) -> Iterator[Change]:
        for replicas in _less(one.replicas):
            text = f"overrides: {{pools: {{{one.name}: {{replicas: {_replicas(replicas)}}}}}}}"
            yield _with_pool(now, one.model_copy(update={"replicas": replicas}), text)

    yield django()
    for one in now.stage.pools:
        yield pool(one)


def _less(replicas: ReplicaRange) -> Iterator[ReplicaRange]:
    """Yield one, two, three pods fewer, half of them, and one pod; the first range that fits changes the least."""
    now = replicas.planned
    for planned in sorted({now - 1, now - 2, now - 3, now // 2, 1} & set(range(1, now)), reverse=True):
        yield ReplicaRange(min=min(replicas.min, planned), planned=planned, ceiling=replicas.ceiling)


def _replicas(replicas: ReplicaRange) -> str:
    return f"{{min: {replicas.min}, planned: {replicas.planned}}}"


def _more_processes(now: Change) -> Iterator[Iterator[Change]]:
    """Run the same number of processes in fewer pods, because a process takes less than a pod of its own."""

    def pool(one: PoolConfig) -> Iterator[Change]:
        for replicas in _less(one.replicas):
            wider = _wider(one, replicas)
            if wider:
                text = (
                    f"overrides: {{pools: {{{one.name}: {{concurrency: {wider.concurrency}, "
                    f"cpu_request: {wider.cpu_request}, cpu_limit: {wider.cpu_limit}, "
                    f"memory_request: {wider.memory_request}, memory_limit: {wider.memory_limit}, "
                    f"replicas: {_replicas(replicas)}}}}}}}"
                )
                yield _with_pool(now, wider, text)

    for one in now.stage.pools:
        yield pool(one)


def _wider(pool: PoolConfig, replicas: ReplicaRange) -> PoolConfig | None:
    """Return the pool with as many processes in fewer pods; each child keeps its share of the memory limit."""
    processes = -(-pool.replicas.planned * pool.concurrency // replicas.planned)
    more = processes - pool.concurrency
    if processes > _MOST_PROCESSES or pool.memory_limit <= MASTER:
        return None
    share = -(-(pool.memory_limit - MASTER).bytes // pool.concurrency // MIB)
    limit = Memory.mib(MASTER.whole_mib + share * processes)
    request = pool.memory_request + _PROCESS[1] * more
    return pool.model_copy(
        update={
            "concurrency": processes,
            "replicas": replicas,
            "cpu_request": pool.cpu_request + _PROCESS[0] * more,
            "cpu_limit": pool.cpu_limit + _PROCESS[0] * more,
            "memory_request": request,
            "memory_limit": max(limit, request),
        }
    )


def _with_pool(now: Change, pool: PoolConfig, text: str) -> Change:
    pools = tuple(pool if one.name == pool.name else one for one in now.stage.pools)
    return replace(now, text=text, stage=now.stage.model_copy(update={"pools": pools}))


def _celery_servers(now: Change, refused: StackPlan) -> Iterator[Change]:
    """Move workers to Celery servers, or add more of those."""
    there = refused.celery_servers.count if refused.celery_servers else 0
    for count in range(there + 1, min(there + _MORE_SERVERS, MOST) + 1):
        kind = now.inputs.celery_instance_type
        text = f"celery_servers: {{count: {count}{f', instance_type: {kind}' if kind else ''}}}"
        yield replace(now, text=text, inputs=replace(now.inputs, celery_servers=count))


def _celery_types(now: Change, refused: StackPlan, catalog: Catalog) -> Iterator[Change]:
    if refused.celery_servers is None:
        return
    for name in _larger(refused.celery_servers, now, catalog):
        inputs = replace(now.inputs, celery_instance_type=name)
        count = f"count: {inputs.celery_servers}, " if inputs.celery_servers is not None else ""
        yield replace(now, text=f"celery_servers: {{{count}instance_type: {name}}}", inputs=inputs)


def _server_types(now: Change, refused: StackPlan, catalog: Catalog) -> Iterator[Change]:
    """Try the next instance types in the catalog's order of preference."""
    for name in _larger(refused.server, now, catalog):
        yield replace(now, text=f"instance_type: {name}", inputs=replace(now.inputs, instance_type=name))


def _larger(node: NodePlan, now: Change, catalog: Catalog) -> Iterator[str]:
    rows, order = catalog.instance_types, catalog.candidates
    known = {row.name: row for row in rows}
    for name in order:
        row = known[name]
        enough = row.memory >= node.memory and row.vcpu >= node.vcpu
        if name != node.instance_type and enough and row.on_sale(now.inputs.region):
            yield name
