"""Make the plan that the program builds from a stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from infra.clouds.catalog import Catalog
from infra.clouds.catalog.instance_type import InstanceType
from infra.names import SERVER_ROLE
from infra.sizing.assemble import assemble
from infra.sizing.celery_servers import MOST, size_celery_servers
from infra.sizing.choose import Ask, candidates, choose
from infra.sizing.contracts import check_contracts
from infra.sizing.departures import departures
from infra.sizing.growth import check_size, grow, idle_servers
from infra.sizing.inputs import PlanInputs, Recorded
from infra.sizing.monitoring import check_grafana
from infra.sizing.namespace import size_namespace
from infra.sizing.node import size_node
from infra.sizing.number import described, given
from infra.sizing.pack import Packing, pack
from infra.sizing.plan import Amounts, Departure, NodePlan, StackPlan, Workloads
from infra.sizing.proof import prove
from infra.sizing.reachable import why_unreachable
from infra.sizing.reason import Reasons, of_stage, reason
from infra.sizing.remedies import Change, Money, Trial, remedies
from infra.sizing.replicas import share_out
from infra.sizing.tier_use import tier_use
from infra.stack_file.stage_config import StageConfig
from infra.units import Cpu, Memory


def make_plan(
    stage: StageConfig,
    *,
    inputs: PlanInputs,
    catalog: Catalog,
    recorded: Recorded | None = None,
    overridden: tuple[Departure, ...] = (),
    money: Money | None = None,
) -> StackPlan:
    """Compute every amount of a stack.

    Args:
        stage: The stage with its overrides.
        inputs: The stack file's part in the plan.
        catalog: What the provider sells (infra/clouds/catalog/own.py).
        recorded: What the deployment has; None if it does not exist yet.
        overridden: A departure for each override.
        money: Prices for remedies if the plan is refused; None for a plan without remedies.

    Raises:
        ConfigError: A pinned type or the region is not in the catalog.
    """

    def trial(change: Change) -> StackPlan:
        # A remedy's plan needs no departures from the guide, and pricing them is most of a plan's work.
        return _plan(change.stage, change.inputs, catalog, recorded)[0]

    stage, grown = grow(stage, inputs, overridden)
    made, differs = _plan(stage, inputs, catalog, recorded)
    made = replace(made, departures=(*differs(), *grown, *overridden, *made.departures))
    if made.fits or money is None:
        return made
    now = Change(text="", stage=stage, inputs=inputs)
    return replace(made, remedies=remedies(made, now, catalog, overridden, Trial(plan=trial, money=money)))


def _plan(
    stage: StageConfig,
    inputs: PlanInputs,
    catalog: Catalog,
    recorded: Recorded | None,
) -> tuple[StackPlan, Callable[[], tuple[Departure, ...]]]:
    """Return the plan, and a function that computes its departures from the guide."""
    asked = inputs.volume_size_gib or stage.volume_size_gib
    volume = max(asked, recorded.volume_size_gib if recorded else 0)
    celery = size_celery_servers(stage, inputs, catalog, recorded)
    ask = _Question(stage=stage, inputs=inputs, catalog=catalog, volume=volume, celery=celery)
    row = choose(ask.server, inputs, catalog, recorded, ask.without_grafana().fits)
    nodes, parts = ask.nodes(row), ask.parts(row)
    packing = pack(nodes, parts.workloads)
    namespace = size_namespace(parts.workloads, stage.namespace)
    made = StackPlan(
        stage=stage.stage,
        provider=inputs.provider,
        region=inputs.region,
        use=tier_use(stage, inputs),
        nodes=nodes,
        volume_size_gib=volume,
        **vars(parts),
        namespace=namespace,
        checks=(
            *check_contracts(stage, parts, namespace, nodes),
            *check_grafana(parts.monitoring, nodes[0], packing),
            *check_size(stage, inputs),
        ),
        departures=(
            *ask.kept_server(row, recorded),
            *_kept_volume(asked, volume),
            *idle_servers(nodes, parts.workloads),
        ),
        fits=not packing.unplaced,
        missing=_missing(packing, nodes),
        reasons=_volume_reason(stage, inputs, recorded, volume),
        proof=prove(nodes, parts.workloads, packing),
    )
    return made, lambda: departures(stage, parts, nodes[0], lambda name, pods: ask.cheapest(row, parts, {name: pods}))


def _volume_reason(stage: StageConfig, inputs: PlanInputs, recorded: Recorded | None, volume: int) -> Reasons:
    asked = of_stage("volume_size_gib", stage.volume_size_gib, "Gi")
    if inputs.volume_size_gib:
        asked = given("asked", inputs.volume_size_gib, "Gi", "stagecoach:volume_size_gib")
    has = given("recorded", recorded.volume_size_gib if recorded else 0, "Gi", "the deployment's state")
    number = described(volume, "Gi", "the larger of ", asked, " and ", has)
    return (reason("volume_size_gib", volume, number, "a volume never shrinks"),)


def _kept_volume(asked: int, volume: int) -> tuple[Departure, ...]:
    """Report that the volume stays larger than the stage asks; refusing would block the way back to a smaller stage."""
    if asked == volume:
        return ()
    why = "the volume of this deployment is that large already, and a volume never shrinks"
    return (Departure(field="volume_size_gib", guide=f"{asked}", plan=f"{volume}", why=why),)


@dataclass(frozen=True, kw_only=True)
class _Question:
    """A question plans one stage on several instance types."""

    stage: StageConfig
    inputs: PlanInputs
    catalog: Catalog
    volume: int
    celery: tuple[NodePlan, ...]

    @property
    def server(self) -> Ask:
        asked = self.stage.server
        return Ask(
            stage=self.stage.stage,
            memory_gib=asked.memory_gib,
            vcpu=asked.vcpu,
            pin=self.inputs.instance_type,
            field="instance_type",
        )

    def nodes(self, row: InstanceType) -> tuple[NodePlan, ...]:
        return (size_node(row, role=SERVER_ROLE, count=1, agent=False), *self.celery)

    def parts(self, row: InstanceType) -> Workloads:
        return share_out(self.stage, self.nodes(row), volume_size_gib=self.volume)

    def fits(self, row: InstanceType) -> bool:
        """Return whether the server holds its pods; a larger server would not help pods that run on Celery servers."""
        packing = pack(self.nodes(row), self.parts(row).workloads)
        return all(pod.role != SERVER_ROLE for pod in packing.unplaced)

    def without_grafana(self) -> _Question:
        """Leave Grafana out to choose the server: it must neither buy a larger one nor resize the running one."""
        return replace(self, stage=self.stage.model_copy(update={"grafana": False}))

    def kept_server(self, row: InstanceType, recorded: Recorded | None) -> tuple[Departure, ...]:
        """Report a new type that would be cheaper than the running one; the plan keeps the running one."""
        if recorded is None or self.inputs.instance_type or row.name != recorded.instance_type:
            return ()
        fresh = choose(self.server, self.inputs, self.catalog, None, self.without_grafana().fits)
        if fresh.price >= row.price:
            return ()
        reason = why_unreachable(fresh, row, self.inputs.provider, recorded)
        why = reason or "a running server keeps its type while that fits; pin stagecoach:instance_type to change it"
        return (Departure(field="instance_type", guide=_priced(fresh), plan=_priced(row), why=why),)

    def cheapest(self, running: InstanceType, parts: Workloads, wanted: dict[str, int]) -> str:
        """Name the servers that hold the wanted maxima: more Celery servers, or the first candidate that fits."""
        scaled = (parts.django.workload, *(worker.workload for worker in parts.workers))
        maxima = {**{one.name: one.replicas.max for one in scaled}, **wanted}
        if self.celery and parts.django.workload.name not in wanted:
            servers = self.celery[0]
            for count in range(servers.count + 1, MOST + 1):
                nodes = (*self.nodes(running)[:1], replace(servers, count=count))
                if self._holds(nodes, maxima):
                    price = Decimal(servers.price) * count
                    return f"{count} x {servers.instance_type} ({price} {servers.currency} a month)"
        asked = self.stage.server
        sizes = candidates(self.catalog, region=self.inputs.region, memory_gib=asked.memory_gib, vcpu=asked.vcpu)
        for row in sizes:
            if self._holds(self.nodes(row), maxima):
                return _priced(row)
        return "more than the catalog has"

    def _holds(self, nodes: tuple[NodePlan, ...], maxima: dict[str, int]) -> bool:
        parts = assemble(self.stage, nodes, maxima, volume_size_gib=self.volume)
        return not pack(nodes, parts.workloads).unplaced


def _priced(row: InstanceType) -> str:
    return f"{row.name} ({row.price} {row.currency} a month)"


def _missing(packing: Packing, nodes: tuple[NodePlan, ...]) -> tuple[str, ...]:
    """Return one line for each role of node whose pods do not all fit."""
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
        what = node.instance_type if node.count == 1 else f"{node.count} x {node.instance_type}"
        who = f"1 pod ({names}) needs" if len(pods) == 1 else f"{len(pods)} pods ({names}) need"
        lines.append(
            f"{what}: {who} {total.cpu} and {total.memory.whole_mib}Mi more room; {rest or 'no such node'}",
        )
    return tuple(lines)
