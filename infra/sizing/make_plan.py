"""From a stage to the plan that the program builds."""

from __future__ import annotations

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
    volume = max(inputs.volume_size_gib or stage.volume_size_gib, recorded.volume_size_gib if recorded else 0)

    def nodes_for(row: InstanceType) -> tuple[NodePlan, ...]:
        server = size_node(row, role=SERVER_ROLE, count=1, agent=False)
        return (server, *_celery_nodes(stage, inputs, catalog))

    def parts_for(row: InstanceType) -> Parts:
        return share_out(stage, nodes_for(row), volume_size_gib=volume)

    def fits(row: InstanceType) -> bool:
        return not pack(nodes_for(row), parts_for(row).workloads).unplaced

    def cheapest(maxima: dict[str, int]) -> str:
        return _cheapest(stage, inputs, catalog, maxima, volume)

    row = choose_server(stage, inputs, catalog, recorded, fits)
    nodes, parts = nodes_for(row), parts_for(row)
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
        departures=(*departures(stage, parts, nodes[0], cheapest), *overridden),
        fits=not packing.unplaced,
        missing=_missing(packing, nodes),
    )


def _celery_nodes(stage: StageConfig, inputs: PlanInputs, catalog: Catalog) -> tuple[NodePlan, ...]:
    wanted = stage.celery_servers
    count = wanted.count if inputs.celery_servers is None else inputs.celery_servers
    if not count:
        return ()
    rows, order = catalog
    if inputs.celery_instance_type:
        row = row_named(rows, inputs.celery_instance_type, inputs.region, "celery_servers.instance_type")
    else:
        row = candidates(rows, order, region=inputs.region, memory_gib=wanted.memory_gib, vcpu=wanted.vcpu)[0]
    return (size_node(row, role=CELERY_ROLE, count=count, agent=True),)


def _cheapest(stage: StageConfig, inputs: PlanInputs, catalog: Catalog, wanted: dict[str, int], volume: int) -> str:
    """The first candidate that holds the wanted maxima, the others at their planned count."""
    maxima = dict.fromkeys(all_names(stage), 0)
    maxima |= {name: pool.replicas.planned for name, pool in zip(list(maxima)[1:], stage.pools, strict=True)}
    maxima |= {all_names(stage)[0]: stage.django.replicas.planned} | wanted
    celery = _celery_nodes(stage, inputs, catalog)
    sizes = candidates(*catalog, region=inputs.region, memory_gib=stage.server.memory_gib, vcpu=stage.server.vcpu)
    for row in sizes:
        nodes = (size_node(row, role=SERVER_ROLE, count=1, agent=False), *celery)
        parts = assemble(stage, nodes, maxima, volume_size_gib=volume)
        if not pack(nodes, parts.workloads).unplaced:
            return f"{row.name} ({row.price} {row.currency} a month)"
    return "more than one server, or larger Celery servers" if celery else "more than the catalog has"


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
