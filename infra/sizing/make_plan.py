"""From a stage to the plan that the program builds."""

from __future__ import annotations

from dataclasses import dataclass

from infra.catalog.instance_type import InstanceType
from infra.models.stage_config import StageConfig
from infra.names import CELERY_ROLE, SERVER_ROLE
from infra.sizing.assemble import Parts, assemble
from infra.sizing.choose import candidates, choose_server, row_named
from infra.sizing.contracts import check_contracts
from infra.sizing.departures import all_names, departures
from infra.sizing.inputs import PlanInputs, Recorded
from infra.sizing.namespace import size_namespace
from infra.sizing.node import size_node
from infra.sizing.pack import Packing, pack
from infra.sizing.plan import Amounts, Departure, NodePlan, StackPlan
from infra.sizing.reachable import why_unreachable
from infra.sizing.replicas import share_out
from infra.units import Cpu, Memory

Catalog = tuple[tuple[InstanceType, ...], tuple[str, ...]]


def make_plan(
    stage: StageConfig,
    *,
    inputs: PlanInputs,
    catalog: Catalog,
    recorded: Recorded | None = None,
    overridden: tuple[Departure, ...] = (),
) -> StackPlan:
    """Every amount of a stack; `catalog` is the provider's rows and its candidates in order.

    Raises:
        ConfigError: a pinned type, or the region, is not in the catalog.
    """
    asked = inputs.volume_size_gib or stage.volume_size_gib
    volume = max(asked, recorded.volume_size_gib if recorded else 0)
    ask = _Question(stage=stage, inputs=inputs, catalog=catalog, volume=volume)
    row = choose_server(stage, inputs, catalog, recorded, ask.fits)
    nodes, parts = ask.nodes(row), ask.parts(row)
    packing = pack(nodes, parts.workloads)
    namespace = size_namespace(parts.workloads)
    return StackPlan(
        stage=stage.stage,
        provider=inputs.provider,
        region=inputs.region,
        nodes=nodes,
        volume_size_gib=volume,
        django=parts.django,
        workers=parts.workers,
        beat=parts.beat,
        postgres=parts.postgres,
        pgbouncer=parts.pgbouncer,
        redis_broker=parts.broker,
        redis_cache=parts.cache,
        monitoring=parts.monitoring,
        system=parts.system,
        namespace=namespace,
        checks=check_contracts(stage, parts, namespace),
        departures=(
            *departures(stage, parts, nodes[0], ask.cheapest),
            *overridden,
            *ask.kept_server(row, recorded),
            *_kept_volume(asked, volume),
        ),
        fits=not packing.unplaced,
        missing=_missing(packing, nodes),
    )


def _kept_volume(asked: int, volume: int) -> tuple[Departure, ...]:
    """Said, not refused: the way back to a smaller stage must stay open."""
    if asked == volume:
        return ()
    why = "the volume of this deployment is that large already, and a volume never shrinks"
    return (Departure(field="volume_size_gib", guide=f"{asked}", plan=f"{volume}", why=why),)


@dataclass(frozen=True, kw_only=True)
class _Question:
    """One stage, asked of several instance types."""

    stage: StageConfig
    inputs: PlanInputs
    catalog: Catalog
    volume: int

    def nodes(self, row: InstanceType) -> tuple[NodePlan, ...]:
        return (size_node(row, role=SERVER_ROLE, count=1, agent=False), *self._celery_nodes())

    def parts(self, row: InstanceType) -> Parts:
        return share_out(self.stage, self.nodes(row), volume_size_gib=self.volume)

    def fits(self, row: InstanceType) -> bool:
        return not pack(self.nodes(row), self.parts(row).workloads).unplaced

    def kept_server(self, row: InstanceType, recorded: Recorded | None) -> tuple[Departure, ...]:
        """Where a new server would be cheaper than the running one: said, not done."""
        if recorded is None or self.inputs.instance_type or row.name != recorded.instance_type:
            return ()
        fresh = choose_server(self.stage, self.inputs, self.catalog, None, self.fits)
        if fresh.price >= row.price:
            return ()
        reason = why_unreachable(fresh, row, self.inputs.provider, recorded)
        why = reason or "a running server keeps its type while that fits; pin stagecoach:instance_type to change it"
        return (Departure(field="instance_type", guide=_priced(fresh), plan=_priced(row), why=why),)

    def cheapest(self, wanted: dict[str, int]) -> str:
        """The first candidate that holds the wanted maxima, the others at their planned count."""
        planned = [self.stage.django.replicas.planned, *(pool.replicas.planned for pool in self.stage.pools)]
        maxima = {**dict(zip(all_names(self.stage), planned, strict=True)), **wanted}
        server = self.stage.server
        sizes = candidates(*self.catalog, region=self.inputs.region, memory_gib=server.memory_gib, vcpu=server.vcpu)
        for row in sizes:
            parts = assemble(self.stage, self.nodes(row), maxima, volume_size_gib=self.volume)
            if not pack(self.nodes(row), parts.workloads).unplaced:
                return _priced(row)
        return "more or larger Celery servers" if self._celery_nodes() else "more than the catalog has"

    def _celery_nodes(self) -> tuple[NodePlan, ...]:
        wanted, inputs = self.stage.celery_servers, self.inputs
        count = wanted.count if inputs.celery_servers is None else inputs.celery_servers
        if not count:
            return ()
        rows, order = self.catalog
        if inputs.celery_instance_type:
            row = row_named(rows, inputs.celery_instance_type, inputs.region, "celery_servers.instance_type")
        else:
            row = candidates(rows, order, region=inputs.region, memory_gib=wanted.memory_gib, vcpu=wanted.vcpu)[0]
        return (size_node(row, role=CELERY_ROLE, count=count, agent=True),)


def _priced(row: InstanceType) -> str:
    return f"{row.name} ({row.price} {row.currency} a month)"


def _missing(packing: Packing, nodes: tuple[NodePlan, ...]) -> tuple[str, ...]:
    """One line for each role of node whose pods do not all fit."""
    lines = []
    for role in dict.fromkeys(pod.role for pod in packing.unplaced):
        pods = [pod for pod in packing.unplaced if pod.role == role]
        total = Amounts(cpu=Cpu(0), memory=Memory(0))
        for pod in pods:
            total = total + pod.requests
        names = ", ".join(dict.fromkeys(pod.workload for pod in pods))
        node = next((one for one in nodes if one.role == role), nodes[0])
        left = [amounts for name, amounts in packing.left if name.startswith(role)]
        rest = "; ".join(f"{one.cpu} and {one.memory.whole_mib}Mi left" for one in left)
        lines.append(
            f"{node.instance_type}: {len(pods)} pods ({names}) need {total.cpu} and {total.memory.whole_mib}Mi more "
            f"room; {rest or 'no such node'}",
        )
    return tuple(lines)
