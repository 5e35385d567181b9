"""docs/reference/stages.md: every tier, what is built for each, what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from infra.clouds import CLOUDS
from infra.sizing.inputs import PlanInputs
from infra.sizing.make_plan import make_plan
from infra.sizing.plan import NodePlan, StackPlan, WorkloadPlan
from infra.stack_file.stage_config import ReplicaRange, StageConfig
from stacks import STAGES
from tools.reference.markdown import code, joined, page, table

_INTRO = """\
A stage is a customer tier: what a person decided for it stands in `stacks/`, everything else is computed. \
[What a stage means](../explanation/stages.md) says how to choose one.

Prices are a month's, without tax, volume and traffic; their dates and sources are in [the catalog](catalog.md). \
The tables show a **new** deployment; a running server keeps its type as long as that fits. \
`python -m infra plan --stage 1 --provider hetzner` prints every pod of a plan and every reason."""


def stages_page() -> str:
    """The page's text."""
    return page("The stages", _INTRO, *(block for stage in STAGES.values() for block in _stage(stage)))


def _stage(stage: StageConfig) -> Iterator[str]:
    high = f"to {stage.customers_max:,}" if stage.customers_max else "and more"
    yield f"## Stage {stage.stage}"
    yield (
        f"{stage.customers_min:,} {high} customers. Asked of the server: {stage.server.memory_gib} GB and "
        f"{stage.server.vcpu} vCPU. Data volume: {stage.volume_size_gib} GiB."
    )
    yield "Decided:"
    header = ("pool", "queues", "concurrency", "CPU request/limit", "memory request/limit", "pods", "time limit")
    yield table(header, _pools(stage))
    web = stage.django
    yield (
        f"Web: {web.processes} x {web.threads} threads, {code(web.cpu_request)}, "
        f"{code(web.memory_request)}/{code(web.memory_limit)}, {_range(web.replicas)} pods (at least/planned/at most)."
    )
    yield "Computed:"
    plans = [_plan(stage, provider) for provider in CLOUDS]
    yield table(("", *(plan.provider for plan in plans)), _computed(plans))


def _pools(stage: StageConfig) -> Iterator[list[str]]:
    for pool in stage.pools:
        yield [
            code(pool.name),
            joined(pool.queues),
            str(pool.concurrency),
            f"{pool.cpu_request}/{pool.cpu_limit}",
            f"{pool.memory_request}/{pool.memory_limit}",
            _range(pool.replicas),
            f"{pool.time_limit} s",
        ]


def _range(replicas: ReplicaRange) -> str:
    return f"{replicas.min}/{replicas.planned}/{replicas.ceiling}"


def _plan(stage: StageConfig, provider: str) -> StackPlan:
    inputs = PlanInputs(provider=provider, region=CLOUDS[provider].catalog.regions[0])
    return make_plan(stage, inputs=inputs, catalog=CLOUDS[provider].catalog)


def _computed(plans: list[StackPlan]) -> Iterator[list[str]]:
    yield ["server", *(_node(plan.server) for plan in plans)]
    if any(len(plan.nodes) > 1 for plan in plans):
        yield ["Celery servers", *(_celery(plan) for plan in plans)]
    yield ["price", *(_price(plan) for plan in plans)]
    yield ["web pods", *(_pods(plan.django.workload) for plan in plans)]
    for index, worker in enumerate(plans[0].workers):
        yield [f"worker pods, pool `{worker.pool}`", *(_pods(plan.workers[index].workload) for plan in plans)]
    yield ["Postgres: memory limit", *(str(_limit(plan)) for plan in plans)]
    yield ["Postgres: max_connections", *(str(plan.postgres.max_connections) for plan in plans)]
    yield ["PgBouncer", *("yes" if plan.pgbouncer else "no" for plan in plans)]


def _node(node: NodePlan) -> str:
    return f"`{node.instance_type}`: {node.vcpu} vCPU, {node.memory.whole_mib // 1024} GB"


def _celery(plan: StackPlan) -> str:
    return "; ".join(f"{node.count} x {_node(node)}" for node in plan.nodes[1:])


def _price(plan: StackPlan) -> str:
    total = sum((Decimal(node.price) * node.count for node in plan.nodes), Decimal(0))
    return f"{total:.2f} {plan.server.currency}"


def _pods(workload: WorkloadPlan) -> str:
    count = workload.replicas
    return f"{count.min} to {count.max}" if count.autoscaled else f"{count.planned}, no autoscaler"


def _limit(plan: StackPlan) -> str:
    memory = plan.postgres.workload.container("postgres").limits.memory
    return f"{memory.whole_mib}Mi" if memory else ""
