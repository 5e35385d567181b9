"""Grow the last stage with its customers: pools and web pods get larger with the number of Celery servers."""

from __future__ import annotations

from dataclasses import replace

from infra.names import CELERY_ROLE
from infra.sizing.celery_servers import MOST, further_servers, most_customers
from infra.sizing.inputs import PlanInputs
from infra.sizing.pack import pack
from infra.sizing.plan import Check, Departure, NodePlan, WorkloadPlan
from infra.stack_file.stage_config import PoolConfig, ReplicaRange, StageConfig

_WEB = "django.replicas"


def times(stage: StageConfig, inputs: PlanInputs) -> int:
    """Return the multiple of the stage's own size, which never exceeds a count of servers in the stack file.

    Args:
        stage: The stage.
        inputs: The stack file's part in the plan.
    """
    wanted, named = _wanted(stage, inputs), inputs.celery_servers
    return wanted if named is None else min(wanted, max(named, 1))


def grow(
    stage: StageConfig, inputs: PlanInputs, overridden: tuple[Departure, ...] = ()
) -> tuple[StageConfig, tuple[Departure, ...]]:
    """Return the stage for the number of customers, and a departure for each range of pods that grew.

    A pool's range is multiplied. The web pods get one more at most per multiple: 1,500 customers ask for 2.6 pages per
    second at the peak (infra/whatif/load.py), which is less than half a process. Ranges that the stack file overrides
    stay as they are.

    Args:
        stage: The stage with its overrides.
        inputs: The stack file's part in the plan.
        overridden: A departure for each override.
    """
    by, few = times(stage, inputs), _too_few(stage, inputs)
    if by == 1:
        return stage, few
    whole = _times(stage, by)
    pools = tuple(
        grown if _free(f"pools.{one.name}.replicas", overridden) else one
        for one, grown in zip(stage.pools, whole.pools, strict=True)
    )
    django = whole.django if _free(_WEB, overridden) else stage.django
    grown = stage.model_copy(update={"pools": pools, "django": django})
    kept = _shown(whole, grown, "overrides name these pods, so they do not grow with the customers")
    return grown, (
        *_shown(stage, grown, _why(by, stage, inputs)),
        *kept,
        *few,
    )


def check_size(stage: StageConfig, inputs: PlanInputs) -> tuple[Check, ...]:
    """Check that the most Celery servers hold the customers; a stack file that names its stage has no such check.

    Args:
        stage: The stage.
        inputs: The stack file's part in the plan.
    """
    if inputs.customers is None or stage.customers_max is not None:
        return ()
    wanted, most = 1 + further_servers(stage, inputs.customers), most_customers(stage)
    reason = f"{inputs.customers} customers need {wanted} Celery servers; {MOST} are possible (up to {most} customers)"
    if wanted > MOST:
        reason += (
            ". One database server is not enough above that: share the customers among several deployments, each with "
            f"a stagecoach:name of its own, or set stagecoach:stage: {stage.stage} in place of customers and size "
            "celery_servers and overrides.pools for the load that you measured"
        )
    return (Check(name="celery-servers", ok=wanted <= MOST, reason=reason, field="customers"),)


def _wanted(stage: StageConfig, inputs: PlanInputs) -> int:
    """Return how many Celery servers the customers need, up to the most that are possible."""
    return min(1 + further_servers(stage, inputs.customers), MOST)


def _free(path: str, overridden: tuple[Departure, ...]) -> bool:
    return not any(one.field.startswith(f"overrides.{path}.") for one in overridden)


def _why(by: int, stage: StageConfig, inputs: PlanInputs) -> str:
    asks = (
        f"{inputs.customers} customers are"
        if by == _wanted(stage, inputs)
        else f"celery_servers.count is {by}, which makes it"
    )
    return f"{asks} {by} times the stage's own size"


def _too_few(stage: StageConfig, inputs: PlanInputs) -> tuple[Departure, ...]:
    """Report a count in the stack file that is too low for its customers, because tasks will wait."""
    named, wanted = inputs.celery_servers, _wanted(stage, inputs)
    if named is None or named >= wanted or inputs.customers is None or stage.customers_max is not None:
        return ()
    why = (
        f"{inputs.customers} customers need {wanted}; the pools are sized for up to "
        f"{most_customers(stage, max(named, 1))} customers: raise celery_servers.count, or leave it out"
    )
    return (Departure(field="celery_servers.count", guide=str(wanted), plan=str(named), why=why),)


def _times(stage: StageConfig, by: int) -> StageConfig:
    """Multiply every range of pods, whether the stack file overrides it or not."""
    web = stage.django.replicas.model_copy(update={"ceiling": stage.django.replicas.ceiling + by - 1})
    django = stage.django.model_copy(update={"replicas": web})
    return stage.model_copy(update={"pools": tuple(_pool(one, by) for one in stage.pools), "django": django})


def _pool(pool: PoolConfig, by: int) -> PoolConfig:
    asked = pool.replicas
    replicas = ReplicaRange(min=asked.min * by, planned=asked.planned * by, ceiling=asked.ceiling * by)
    return pool.model_copy(update={"replicas": replicas})


def _shown(before: StageConfig, after: StageConfig, why: str) -> tuple[Departure, ...]:
    pairs = [(_WEB, before.django.replicas, after.django.replicas)]
    pairs += [
        (f"pools.{old.name}.replicas", old.replicas, new.replicas)
        for old, new in zip(before.pools, after.pools, strict=True)
    ]
    return tuple(
        Departure(field=path, guide=_text(old), plan=_text(new), why=why) for path, old, new in pairs if old != new
    )


def _text(replicas: ReplicaRange) -> str:
    return f"{replicas.min}/{replicas.planned}/{replicas.ceiling}"


def idle_servers(nodes: tuple[NodePlan, ...], workloads: tuple[WorkloadPlan, ...]) -> tuple[Departure, ...]:
    """Report Celery servers that no pod needs even at the peak, because they cost money.

    Args:
        nodes: One plan per role of node.
        workloads: Every workload.
    """
    celery = next((node for node in nodes if node.role == CELERY_ROLE), None)
    if celery is None or celery.count == 1 or pack(nodes, workloads).unplaced:
        return ()
    needed = next(count for count in range(1, celery.count + 1) if _fit(nodes, workloads, count))
    if needed == celery.count:
        return ()
    why = (
        f"with every pool at its maximum {celery.count - needed} of them have nothing to do; name fewer, or raise the "
        "ceilings (overrides.pools.NAME.replicas.ceiling)"
    )
    return (Departure(field="celery_servers.count", guide=str(needed), plan=str(celery.count), why=why),)


def _fit(nodes: tuple[NodePlan, ...], workloads: tuple[WorkloadPlan, ...], count: int) -> bool:
    fewer = tuple(replace(node, count=count) if node.role == CELERY_ROLE else node for node in nodes)
    return not pack(fewer, workloads).unplaced
