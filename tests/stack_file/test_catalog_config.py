"""`catalog` and `budget` of a stack file."""

import pytest

from infra.errors import ConfigError
from infra.planner.plan_for import plan_for
from infra.stack_file.reader.parse import parse_config
from tests.programs import CONFIG


def parse(**values):
    own = {f"stagecoach:{key}": value for key, value in {"stage": 2, **values}.items()}
    return parse_config({**CONFIG, **own}, title="wrong")


def problem(**values):
    with pytest.raises(ConfigError) as refused:
        parse(**values)
    return str(refused.value)


def test_sold_out_passes_over():
    assert plan_for(parse(catalog={"sold_out": ["cx33"]})).server.instance_type == "cpx32"


def test_prices_are_the_plans():
    assert plan_for(parse(catalog={"prices": {"cx33": 7.5}})).server.price == "7.5"


@pytest.mark.parametrize("catalog", [{"sold_out": ["cx22"]}, {"prices": {"cx22": 5}}])
def test_unknown_rows(catalog):
    assert " = cx22: one of the catalog of hetzner: ccx13, " in problem(catalog=catalog)


@pytest.mark.parametrize("price", [0, -1, "5 EUR"])
def test_prices_that_are_none(price):
    text = problem(catalog={"prices": {"cx33": price}})
    assert f"stagecoach:catalog.prices.cx33 = {price!r}: an amount above 0" in text


@pytest.mark.parametrize("budget", [0, "60 EUR", "nan"])
def test_budgets_that_are_none(budget):
    assert f"stagecoach:budget = {budget!r}: an amount above 0" in problem(budget=budget)


def test_a_contradiction():
    """A pin of what the same file says can't be had."""
    with pytest.raises(ConfigError, match=r"stagecoach:instance_type = cx43 \(sold out\)"):
        plan_for(parse(instance_type="cx43", catalog={"sold_out": ["cx43"]}))
