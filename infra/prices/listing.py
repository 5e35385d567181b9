"""What every stage costs on every provider, for each customer, and what a sold-out type would make of it."""

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
    """What is bought when everything before it in the order is sold out."""

    instance_type: str
    price: MonthPrice


@dataclass(frozen=True, kw_only=True)
class StagePrice:
    """A stage on a provider; the first and the last number of customers for which it is bought."""

    stage: int
    provider: str
    region: str
    price: MonthPrice
    customers: tuple[int, int]
    fallbacks: tuple[Fallback, ...]  # in order; each fits

    @property
    def per_customer(self) -> tuple[Decimal, Decimal]:
        """The month divided among the first and the last number of customers."""
        first, last = self.customers
        return cents(self.price.total / first), cents(self.price.total / last)

    def within(self, budget: Decimal | None) -> bool:
        """Whether a budget allows it; without one everything is."""
        return budget is None or self.price.total <= budget


def list_prices(
    planner: Planner, providers: Iterable[Provider], stages: Iterable[int], *, sold_out: tuple[str, ...] = ()
) -> tuple[StagePrice, ...]:
    """One row for each stage of each provider, in the default region.

    Raises:
        ConfigError: a catalog is nonsense, or nothing that is on sale is large enough.
    """
    return tuple(
        _row(planner, example(provider, stage, _of(provider, sold_out)), STAGES[stage])
        for provider in providers
        for stage in stages
    )


def example(provider: Provider, stage: int | None, catalog: CatalogConfig, customers: int | None = None) -> StackConfig:
    """A stack of no one in particular, for what depends on stage and provider only."""
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
    """The first and the last number of customers for which the smallest stage is this one, at the same price."""
    first = stage.customers_min + 1
    # The last stage has no end: there one more Celery server is due.
    last = stage.customers_max or stage.customers_min + CUSTOMERS_EACH - 1
    return first, last


def _of(provider: Provider, sold_out: tuple[str, ...]) -> CatalogConfig:
    """One list names types of several providers."""
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
    """Sells out one type after the other until nothing fits."""
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
