"""List what every stage costs at every provider, in total and per customer, and what a sold-out type would change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from infra.clouds import CLOUDS, Provider
from infra.errors import ConfigError
from infra.prices.month import MonthPrice, cents, month_price
from infra.sizing.celery_servers import CUSTOMERS_EACH
from infra.sizing.plan import StackPlan
from infra.stack_file.catalog_config import CatalogConfig
from infra.stack_file.stack_config import StackConfig
from infra.stack_file.stage_config import StageConfig
from stacks import STAGES

Planner = Callable[[StackConfig], StackPlan]


@dataclass(frozen=True, kw_only=True)
class Fallback:
    """A fallback is the plan's instance type when the types before it are sold out."""

    instance_type: str
    price: MonthPrice


@dataclass(frozen=True, kw_only=True)
class StagePrice:
    """A stage price says what a stage costs at a provider, and for which numbers of customers it is used."""

    stage: int
    provider: str
    region: str
    price: MonthPrice
    customers: tuple[int, int]
    fallbacks: tuple[Fallback, ...]  # in the order in which they are used; each fits

    @property
    def per_customer(self) -> tuple[Decimal, Decimal]:
        """Return the monthly price per customer, for the first and for the last number of customers."""
        first, last = self.customers
        return cents(self.price.total / first), cents(self.price.total / last)

    def within(self, budget: Decimal | None) -> bool:
        """Return whether the price is within a budget; without a budget every price is.

        Args:
            budget: The most per month, in the row's currency; None without a budget.
        """
        return budget is None or self.price.total <= budget


def list_prices(
    planner: Planner, providers: Iterable[Provider], stages: Iterable[int], *, sold_out: tuple[str, ...] = ()
) -> tuple[StagePrice, ...]:
    """Return one row for each stage at each provider, in the provider's default region.

    Args:
        planner: Plans a stack file.
        providers: Keys of `CLOUDS`.
        stages: Numbers of stages.
        sold_out: Instance types of any provider that are not sold at the moment.

    Raises:
        ConfigError: A catalog is invalid, or no type on sale is large enough.
    """
    return tuple(
        _row(planner, example(provider, stage, _of(provider, sold_out)), STAGES[stage])
        for provider in providers
        for stage in stages
    )


def example(provider: Provider, stage: int | None, catalog: CatalogConfig, customers: int | None = None) -> StackConfig:
    """Return a stack file with example values, for a plan that depends on nothing but the arguments.

    Args:
        provider: A key of `CLOUDS`.
        stage: The stage's number; None if `customers` selects it.
        catalog: Prices and sold-out types.
        customers: The number of customers; None if `stage` is given.
    """
    return StackConfig(
        name="example",
        provider=provider,
        region=CLOUDS[provider].default_region,
        stage=stage,
        customers=customers,
        image="registry.example/shop:1",
        admin_cidrs=("203.0.113.0/24",),
        catalog=catalog,
    )


def customers_of(stage: StageConfig) -> tuple[int, int]:
    """Return the first and the last number of customers for which this is the smallest stage, at the same price.

    Args:
        stage: The stage.
    """
    first = stage.customers_min + 1
    # The last stage has no upper end; its price is the same until it needs one more Celery server.
    last = stage.customers_max or stage.customers_min + CUSTOMERS_EACH - 1
    return first, last


def _of(provider: Provider, sold_out: tuple[str, ...]) -> CatalogConfig:
    """Select the types of one provider from a list that may name types of several."""
    known = {row.name for row in CLOUDS[provider].catalog.instance_types}
    return CatalogConfig(sold_out=tuple(name for name in sold_out if name in known))


def _row(planner: Planner, config: StackConfig, stage: StageConfig) -> StagePrice:
    plan = planner(config)
    return StagePrice(
        stage=plan.stage,
        provider=plan.provider,
        region=plan.region,
        price=month_price(plan),
        customers=customers_of(stage),
        fallbacks=tuple(_fallbacks(planner, config, plan)),
    )


def _fallbacks(planner: Planner, config: StackConfig, plan: StackPlan) -> Iterator[Fallback]:
    """Yield what the plan uses when its type is sold out, then when that is sold out too, until nothing fits."""
    gone = config.catalog.sold_out
    while True:
        gone = (*gone, plan.server.instance_type)
        try:
            plan = planner(config.model_copy(update={"catalog": CatalogConfig(sold_out=gone)}))
        except ConfigError:
            return
        if not plan.sound:
            return
        yield Fallback(instance_type=plan.server.instance_type, price=month_price(plan))
