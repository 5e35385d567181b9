"""Plan a stack: find its stage, apply its overrides, and check the plan against budget and support."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from pydantic import ValidationError

from infra.clouds import CLOUDS
from infra.clouds.catalog.own import own_catalog
from infra.errors import ConfigError, Problem
from infra.planner.against_past import keep_running
from infra.prices.budget import check_budget
from infra.prices.month import month_price
from infra.sizing.inputs import PlanInputs, Recorded
from infra.sizing.make_plan import make_plan
from infra.sizing.overrides import apply_overrides
from infra.sizing.plan import Departure, StackPlan
from infra.sizing.remedies import Money
from infra.stack_file.overrides import StageOverrides
from infra.stack_file.reader.words import words
from infra.stack_file.stack_config import StackConfig
from infra.stack_file.stage_config import StageConfig
from infra.stack_file.values.networks import unseen_networks
from infra.support.running import support_warnings
from stacks import STAGES

_SHOP_RULES = 4  # ports 80 and 443, each for IPv4 and IPv6


def resolve_stage(config: StackConfig) -> tuple[StageConfig, tuple[Departure, ...]]:
    """Return the stage that the stack file names, or the smallest one for its customers, with the overrides applied.

    Args:
        config: The stack file.

    Returns:
        The stage, and one departure for each override.

    Raises:
        ConfigError: Overrides break a rule of the stage, or name a pool that it does not have.
    """
    stage = STAGES[config.stage] if config.stage else stage_for(config.customers or 0)
    # The stack file validates both values under the same names.
    django = stage.django.model_copy(update={"interface": config.app.interface})
    stage = stage.model_copy(update={**config.monitoring.model_dump(), "django": django})
    known, problems = _known_pools(config.overrides, stage)
    try:
        resolved = apply_overrides(stage, known)
    except ValidationError as error:
        # Pydantic drops an invalid pool and then reports that the tuple is too short, which is not a second problem.
        found = [one for one in error.errors() if len(one["loc"]) != 1 or one["type"] != "too_short"]
        problems += [_problem(one, stage) for one in found]
    if problems:
        raise ConfigError("the overrides cannot be used", problems)
    return resolved


def stage_for(customers: int) -> StageConfig:
    """Return the smallest stage that holds this many customers.

    Args:
        customers: The number of customers.
    """
    return next(
        stage for _, stage in sorted(STAGES.items()) if stage.customers_max is None or customers <= stage.customers_max
    )


def plan_for(config: StackConfig, recorded: Recorded | None = None, today: date | None = None) -> StackPlan:
    """Return the plan of a stack.

    Args:
        config: The stack file.
        recorded: What the deployment has; None if it does not exist yet.
        today: The date with which ends of support are compared; None for the current one (UTC).

    Raises:
        ConfigError: The overrides, the catalog or a pinned instance type cannot be used.
    """
    stage, overridden = resolve_stage(config)
    celery = config.celery_servers
    inputs = PlanInputs(
        provider=config.provider,
        region=config.region,
        instance_type=config.instance_type,
        volume_size_gib=config.volume_size_gib,
        customers=config.customers,
        celery_servers=celery.count if celery else None,
        celery_instance_type=celery.instance_type if celery else None,
    )
    catalog = own_catalog(config.provider, sold_out=config.catalog.sold_out, prices=config.catalog.prices)
    money = Money(month=lambda made: month_price(made).total, budget=config.budget)
    plan = make_plan(stage, inputs=inputs, catalog=catalog, recorded=recorded, overridden=overridden, money=money)
    budget = check_budget(config, plan, lambda other: plan_for(other, recorded), running=recorded is not None)
    support = support_warnings(keep_running(config, recorded), today or datetime.now(UTC).date())
    return replace(plan, checks=(*plan.checks, *budget), warnings=(*_warnings(config, plan), *support))


def _warnings(config: StackConfig, plan: StackPlan) -> Iterator[str]:
    """Yield a warning for each valid value of the stack file that is probably a mistake."""
    queue = config.app.default_queue
    if not any(queue in worker.queues for worker in plan.workers):
        yield (
            f"no pool consumes the queue {queue!r}, to which the app sends a task that names no queue: it would wait "
            f"there for ever. Add the queue to stagecoach:overrides.pools.{plan.workers[0].pool}.queues, or, if the "
            "app's task_default_queue is another one, name that in stagecoach:app.default_queue"
        )
    rules = _SHOP_RULES + 2 * len(config.admin_cidrs)
    cloud = CLOUDS[config.provider]
    if cloud.rules_of_firewall and rules > cloud.rules_of_firewall:
        yield (
            f"stagecoach:admin_cidrs has {len(config.admin_cidrs)} networks, with the shop's {rules} rules of "
            f"{cloud.title}'s firewall; it takes {cloud.rules_of_firewall} unless {cloud.title}'s control panel says "
            f"another number. More than {(cloud.rules_of_firewall - _SHOP_RULES) // 2} may end the update at a rule: "
            "join neighbours to larger networks, or use a VPN with one address"
        )
    private = unseen_networks(config.admin_cidrs)
    if private:
        yield (
            f"stagecoach:admin_cidrs has {', '.join(private)}, from which nothing comes over the internet: the cloud's "
            "firewall sees the public address that you come from. Name that one, or your VPN's"
        )


def _known_pools(overrides: StageOverrides, stage: StageConfig) -> tuple[StageOverrides, list[Problem]]:
    """Split the overrides: keep the pools that the stage has, and return a problem for each other one."""
    names = [pool.name for pool in stage.pools]
    known = {name: pool for name, pool in overrides.pools.items() if name in names}
    allowed = f"a pool of stage {stage.stage}: {', '.join(names)}"
    problems = [
        Problem(path=f"stagecoach:overrides.pools.{name}", value="", allowed=allowed, hint="Name one of these")
        for name in overrides.pools
        if name not in known
    ]
    return overrides.model_copy(update={"pools": known}), problems


def _problem(error: Mapping[str, Any], stage: StageConfig) -> Problem:
    path = [str(part) for part in error["loc"]]
    if path[:1] == ["pools"] and len(path) > 1:
        path[1] = stage.pools[int(path[1])].name
    where = ".".join(["overrides", *path])
    return Problem(path=f"stagecoach:{where}", value="", allowed=words(error), hint="Change the override")
