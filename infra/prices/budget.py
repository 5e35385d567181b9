"""Check a plan against the monthly budget, and find cheaper plans if it is too expensive."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from infra.clouds import CLOUDS
from infra.errors import StagecoachError
from infra.prices.month import month_price
from infra.sizing.plan import Check, StackPlan
from infra.stack_file.stack_config import StackConfig
from stacks import STAGES

Planner = Callable[[StackConfig], StackPlan]
_MOST_TYPES = 2  # most instance types of the same stage that a message proposes


def check_budget(config: StackConfig, plan: StackPlan, planner: Planner, *, running: bool) -> tuple[Check, ...]:
    """Check the contract `budget`, and propose plans within the budget if this one is above it.

    Args:
        config: The stack file; without a budget there is no check.
        plan: The plan of the stack file.
        planner: Plans another stack file, so that each proposal is known to fit.
        running: Whether the deployment exists, and therefore cannot change its provider.
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
    """Yield changes that keep the budget: other types, providers with the same currency, a smaller stage.

    Args:
        config: The stack file.
        plan: The plan of the stack file.
        planner: Plans another stack file, so that each proposal is known to fit.
        running: Whether the deployment exists, and therefore cannot change its provider.
    """
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
    """Yield the cheapest instance types that hold the stage, even if they are not candidates of the catalog."""
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
    """Return the monthly price of the config's plan, or nothing if the plan is not sound or is above the budget."""
    try:
        plan = planner(config)
    except StagecoachError:
        return ""
    price = month_price(plan)
    return str(price) if plan.sound and asked.budget is not None and price.total <= asked.budget else ""


def _without_budget(config: StackConfig, *, stage: int) -> StackConfig:
    """Remove the budget and set the stage; no validation is needed, as every value was validated before."""
    return config.model_copy(update={"budget": None, "stage": stage, "customers": None})


def _elsewhere(provider: str) -> dict[str, object]:
    return {
        "provider": provider,
        "region": CLOUDS[provider].default_region,
        "instance_type": None,
        "celery_servers": None,
        "catalog": StackConfig.model_fields["catalog"].get_default(call_default_factory=True),
    }
