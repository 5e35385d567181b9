"""Check that the provider sells what an update is about to order, at the price in the plan.

Without this check the update would find out only after it has powered the server off.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pulumi

from infra.clouds.catalog.age import warnings
from infra.clouds.choose import cloud
from infra.clouds.interface import Offer
from infra.errors import Problem, RefusedError, StagecoachError
from infra.planner.plan_for import plan_for
from infra.preflight.existing import unasked
from infra.prices.month import cents, month_price
from infra.sizing.inputs import Recorded
from infra.sizing.plan import NodePlan, StackPlan
from infra.stack_file.catalog_config import CatalogConfig
from infra.stack_file.stack_config import StackConfig

_FIELDS = {"server": "instance_type", "celery": "celery_servers.instance_type"}


def require_orderable(config: StackConfig, plan: StackPlan, recorded: Recorded | None) -> None:
    """Ask the provider for every type that this update orders; if it orders none, nothing is asked.

    Args:
        config: The stack file.
        plan: The plan of the stack file.
        recorded: What the deployment has; None if it does not exist yet.

    Raises:
        RefusedError: A type is not available, the provider cannot be asked, or today's price exceeds the budget.
    """
    nodes = ordered(plan, recorded)
    if not nodes:
        return
    for line in warnings([config.provider], datetime.now(UTC).date()):
        pulumi.log.warn(line)
    offers = _ask(config, nodes)
    gone = {name: offer.refusal for name, offer in offers.items() if offer.refusal}
    problems = [_problem(node, gone, _way_out(config, plan, recorded, gone)) for node in nodes if _of(node) in gone]
    if problems:
        raise RefusedError("an instance type can't be had now; nothing was touched", problems)
    _compare_prices(config, nodes, offers, recorded)


def ordered(plan: StackPlan, recorded: Recorded | None) -> tuple[NodePlan, ...]:
    """Return the nodes for which the update creates a server or changes a server's type.

    Args:
        plan: The plan.
        recorded: What the deployment has; None if it does not exist yet.
    """
    return tuple(node for node in plan.nodes if _orders(node, plan, recorded))


def _orders(node: NodePlan, plan: StackPlan, recorded: Recorded | None) -> bool:
    if recorded is None:
        return True
    if node is plan.server:  # a root disk of 0 GB means that the server was lost
        return recorded.root_disk_gb == 0 or _of(node) != recorded.instance_type
    return _of(node) != recorded.celery_instance_type or node.count > recorded.celery_count


def _of(node: NodePlan) -> str:
    return node.instance_type


def _ask(config: StackConfig, nodes: Iterable[NodePlan]) -> dict[str, Offer]:
    names = tuple(dict.fromkeys(map(_of, nodes)))
    try:
        offers = cloud(config.provider).find_offers(config.region, names)
    except Exception as error:  # noqa: BLE001  the SDK raises plain Exceptions for whatever the provider says
        raise RefusedError("the provider could not be asked what it sells now", [unasked(config, error)]) from None
    return {offer.instance_type: offer for offer in offers}


def _problem(node: NodePlan, gone: dict[str, str], way_out: str) -> Problem:
    return Problem(
        path=f"stagecoach:{_FIELDS[node.role]}",
        value=_of(node),
        allowed=gone[_of(node)],
        hint=way_out,
    )


def _way_out(config: StackConfig, plan: StackPlan, recorded: Recorded | None, gone: Collection[str]) -> str:
    """Say what to do: use the next candidates that fit and are available, if there are any, or wait."""
    found = _alternative(config, recorded, tuple(gone))
    wait = "try again later, or choose another instance_type"
    if found is None:
        return f"Nothing else that fits can be had: {wait}"
    other, sold_out = found
    before, after = month_price(plan), month_price(other)
    types = " and ".join(f"{node.count} x {_of(node)}" for node in other.nodes)
    written = ", ".join(sold_out)
    pins = ", ".join(f"{path} = {name}" for path, name in _pins(config).items() if name in sold_out)
    unpin = f" and remove the pin ({pins})" if pins else ""
    return (
        f"To use {types} instead, set stagecoach:catalog.sold_out to [{written}]{unpin}: {after} rather than "
        f"{before.total}. Or {wait}"
    )


def _alternative(
    config: StackConfig, recorded: Recorded | None, gone: tuple[str, ...]
) -> tuple[StackPlan, tuple[str, ...]] | None:
    """Find a plan whose types are all available, and the types that it skips; None if there is none."""
    sold_out = tuple(dict.fromkeys((*config.catalog.sold_out, *gone)))
    while True:
        try:
            plan = plan_for(_passing_over(config, sold_out), recorded)
        except StagecoachError:
            return None
        if not plan.sound:
            return None
        orders = ordered(plan, recorded)
        more = [name for name, offer in _ask(config, orders).items() if offer.refusal] if orders else []
        if not more:
            return plan, sold_out
        if set(more) <= set(sold_out):
            return None
        sold_out = (*sold_out, *more)


def _passing_over(config: StackConfig, sold_out: tuple[str, ...]) -> StackConfig:
    """Return the config without pins of types that are gone; no validation is needed, as all values are valid."""
    changes: dict[str, object] = {"catalog": CatalogConfig(sold_out=sold_out, prices=config.catalog.prices)}
    if config.instance_type in sold_out:
        changes["instance_type"] = None
    celery = config.celery_servers
    if celery and celery.instance_type in sold_out:
        changes["celery_servers"] = celery.model_copy(update={"instance_type": None}) if celery.count else None
    return config.model_copy(update=changes)


def _pins(config: StackConfig) -> dict[str, str | None]:
    celery = config.celery_servers.instance_type if config.celery_servers else None
    return {"instance_type": config.instance_type, "celery_servers.instance_type": celery}


def _compare_prices(
    config: StackConfig, nodes: Iterable[NodePlan], offers: dict[str, Offer], recorded: Recorded | None
) -> None:
    """Warn if today's price differs from the plan's, and refuse if it exceeds the budget."""
    other = dict(_other_prices(config, nodes, offers))
    for name, (planned, now) in other.items():
        pulumi.log.warn(f"{name} costs {now} a month at {config.provider} now, the catalog says {planned}")
    if not other or config.budget is None:
        return
    prices = {**config.catalog.prices, **{name: now for name, (_, now) in other.items()}}
    catalog = CatalogConfig(sold_out=config.catalog.sold_out, prices=prices)
    plan = plan_for(config.model_copy(update={"catalog": catalog}), recorded)
    problems = [
        Problem(path="stagecoach:budget", value=str(config.budget), allowed=check.reason, hint="Raise it, or buy less")
        for check in plan.checks
        if check.name == "budget" and not check.ok
    ]
    if problems:
        raise RefusedError("at today's prices this is above the budget; nothing was touched", problems)


def _other_prices(
    config: StackConfig, nodes: Iterable[NodePlan], offers: dict[str, Offer]
) -> Iterator[tuple[str, tuple[Decimal, Decimal]]]:
    """Yield each type whose price differs at the provider; prices in the stack file are not compared."""
    for node in nodes:
        offer, planned = offers[_of(node)], Decimal(node.price)
        if offer.price is None or offer.price <= 0 or _of(node) in config.catalog.prices:
            continue
        now = cents(offer.price)
        if now != cents(planned):
            yield _of(node), (planned, now)
