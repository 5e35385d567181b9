"""What every stage costs on every provider."""

from decimal import Decimal

import pytest

from infra.clouds import CLOUDS
from infra.planner.plan_for import plan_for
from infra.prices.listing import customers_of, list_prices
from infra.prices.month import month_price
from stacks import STAGES
from tests.plans import stage_plan


@pytest.fixture(scope="module")
def rows():
    return {(row.provider, row.stage): row for row in list_prices(plan_for, CLOUDS, STAGES)}


def test_every_combination_costs_what_its_plan_does(rows):
    assert len(rows) == 15
    for (provider, stage), row in rows.items():
        assert row.price == month_price(stage_plan(stage, provider))


def test_both_ends_of_the_tier(rows):
    """12.42 among 201 and among 400."""
    row = rows["hetzner", 2]
    assert row.customers == (201, 400)
    assert row.per_customer == (Decimal("0.06"), Decimal("0.03"))


def test_the_first_customer_pays_it_all(rows):
    assert rows["hetzner", 1].per_customer[0] == rows["hetzner", 1].price.total


def test_the_last_stage_ends_where_one_more_celery_server_begins():
    first, last = customers_of(STAGES[5])
    assert (first, last) == (1501, 2999)
    inside, beyond = (stage_plan(5, customers=number) for number in (last, last + 1))
    assert (inside.celery_servers.count, beyond.celery_servers.count) == (1, 2)


def test_larger_stages_cost_more(rows):
    for provider in CLOUDS:
        totals = [rows[provider, stage].price.total for stage in sorted(STAGES)]
        assert totals == sorted(totals)


def test_fallbacks_in_order(rows):
    names = [one.instance_type for one in rows["hetzner", 4].fallbacks]
    assert names == ["cpx42", "cx53", "cpx62"]


def test_fallbacks_cost_what_their_pins_do(rows):
    row = rows["hetzner", 4]
    for one in row.fallbacks:
        assert one.price == month_price(stage_plan(4, instance_type=one.instance_type))


def test_sold_out():
    (row,) = list_prices(plan_for, ["hetzner"], [1], sold_out=("cx23", "vc2-2c-4gb"))
    assert row.price.items[0].what == "cpx22"
    assert "cx23" not in [one.instance_type for one in row.fallbacks]


def test_within(rows):
    row = rows["hetzner", 1]
    assert row.within(None)
    assert row.within(Decimal("8.28"))
    assert not row.within(Decimal("8.27"))
