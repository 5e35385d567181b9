"""What is above a budget is refused, and what is within it was planned."""

import re
from dataclasses import replace

import pytest

from infra.planner.plan_for import plan_for
from infra.prices.month import month_price
from infra.stack_file.reader.parse import parse_config
from tests.plans import REGIONS
from tests.preflight.past import PAST
from tests.programs import CONFIG


def config(budget, *, stage=4, provider="hetzner", **more):
    values = {"stage": stage, "provider": provider, "region": REGIONS[provider], "budget": budget, **more}
    return parse_config({**CONFIG, **{f"stagecoach:{key}": value for key, value in values.items()}}, title="wrong")


def check(*arguments, recorded=None, **more):
    made = plan_for(config(*arguments, **more), recorded)
    (found,) = [one for one in made.checks if one.name == "budget"]
    return found


def test_none_without_a_budget():
    made = plan_for(config(1000).model_copy(update={"budget": None}))
    assert "budget" not in [one.name for one in made.checks]


@pytest.mark.parametrize(("budget", "ok"), [(25.64, True), (25.63, False)])
def test_to_the_cent(budget, ok):
    assert check(budget).ok is ok


def test_a_smaller_stage():
    text = check(20).reason
    assert text == (
        "25.64 EUR a month is 5.64 above the budget of 20. Within it: stage 3, up to 800 customers (13.57 EUR a month)"
    )


def test_another_type():
    """A pin above the budget: the types that hold the stage for less, the cheapest first."""
    text = check(60, instance_type="cpx42").reason
    assert "instance_type cx43 (25.64 EUR a month); instance_type cx53 (39.14 EUR a month)" in text


def test_another_provider_of_the_same_currency():
    assert "stage 4 on vultr (99.00 USD a month)" in check(100, provider="digitalocean").reason


def test_a_running_deployment_stays_at_its_provider():
    recorded = replace(PAST, provider="digitalocean", region="fra1", stage=4, instance_type="s-8vcpu-16gb")
    assert "vultr" not in check(100, provider="digitalocean", recorded=recorded).reason


def test_nothing_is_within():
    assert check(1).reason.endswith("Within it: nothing that hetzner sells")


@pytest.mark.parametrize("provider", REGIONS)
def test_what_is_named_is_within(provider):
    """Every price in the message is at most the budget, and the plan of the type named costs that."""
    asked = config(60, provider=provider, stage=5)
    (found,) = [one for one in plan_for(asked).checks if one.name == "budget"]
    prices = re.findall(r"\((\d+\.\d\d) \w+ a month\)", found.reason)
    assert all(float(one) <= 60 for one in prices)
    for name, price in re.findall(r"instance_type (\S+) \((\d+\.\d\d)", found.reason):
        plan = plan_for(asked.model_copy(update={"instance_type": name, "budget": None}))
        assert plan.fits
        assert str(month_price(plan).total) == price
