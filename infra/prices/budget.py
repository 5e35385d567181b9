"""A month's budget: what is above it is refused, with what would be within it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from infra.clouds import CLOUDS
from infra.errors import StagecoachError
from infra.prices.month import month_price
from infra.sizing.plan import Check, StackPlan
from infra.stack_file.stack_config import StackConfig
from stacks import STAGES

Planner = Callable[[StackConfig], StackPlan]
_MOST_TYPES = 2  # further instance types of the same stage that are named


def check_budget(config: StackConfig, plan: StackPlan, planner: Planner, *, running: bool) -> tuple[Check, ...]:
    """The contract `budget`, where the stack names one; `planner` proves what would be within it.

    A deployment that is `running` stays at its provider.
    """
    if config.budget is None:
        return ()
    price = month_price(plan)
    over = price.total - config.budget
    if over <= 0:
        reason = f"{price} of a budget of {config.budget}"
        return (Check(name="budget", ok=True, reason=reason, field="budget"),)
    options = "; ".join(within(config, plan, planner, running=running)) or f"nothing that {config.provider} sells"
    reason = f"{price} is {over} above the budget of {config.budget}. Within it: {options}"
    return (Check(name="budget", ok=False, reason=reason, field="budget"),)


def within(config: StackConfig, plan: StackPlan, planner: Planner, *, running: bool) -> Iterator[str]:
    """What keeps the budget, each planned: other types, other providers of the same currency, a smaller stage."""
    free = _without_budget(config, stage=plan.stage)
    yield from _other_types(free, config, plan, planner)
    for provider in () if running else CLOUDS:
        if (
            provider != config.provider
            and CLOUDS[provider].catalog.currency == CLOUDS[config.provider].catalog.currency
        ):
            there = free.model_copy(update=_elsewhere(provider))
            found = _kept(there, config, planner)
            if found:
                yield f"stage {plan.stage} on {provider} ({found})"
    for stage in sorted((one for one in STAGES if one < plan.stage), reverse=True):
        found = _kept(free.model_copy(update={"stage": stage, "instance_type": None}), config, planner)
        if found:
            yield f"stage {stage}, up to {STAGES[stage].customers_max} customers ({found})"
            return


def _other_types(free: StackConfig, config: StackConfig, plan: StackPlan, planner: Planner) -> Iterator[str]:
    """The cheapest types on which the stage is proved, candidates or not."""
    rows = sorted(CLOUDS[config.provider].catalog.instance_types, key=lambda row: row.price)
    named = 0
    for row in rows:
        if row.name == plan.server.instance_type or named == _MOST_TYPES:
            continue
        found = _kept(free.model_copy(update={"instance_type": row.name}), config, planner)
        if found:
            named += 1
            yield f"instance_type {row.name} ({found})"


def _kept(config: StackConfig, asked: StackConfig, planner: Planner) -> str:
    """The month's price of a plan that is sound and within the budget; empty where it is neither."""
    try:
        plan = planner(config)
    except StagecoachError:
        return ""
    price = month_price(plan)
    return str(price) if plan.sound and asked.budget is not None and price.total <= asked.budget else ""


def _without_budget(config: StackConfig, *, stage: int) -> StackConfig:
    """`model_copy` validates nothing: every value here was validated before, or is the catalog's."""
    return config.model_copy(update={"budget": None, "stage": stage, "customers": None})


def _elsewhere(provider: str) -> dict[str, object]:
    return {
        "provider": provider,
        "region": CLOUDS[provider].default_region,
        "instance_type": None,
        "celery_servers": None,
        "catalog": StackConfig.model_fields["catalog"].get_default(call_default_factory=True),
    }
