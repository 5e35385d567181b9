"""What helps where a plan does not fit."""

import pytest
import yaml

from infra.planner.plan_for import plan_for
from infra.prices.month import month_price
from infra.stack_file.reader.parse import parse_config
from tests.plans import REGIONS
from tests.sizing.test_contracts import BASE


def keys_of(**keys):
    return {**BASE, **{f"stagecoach:{key}": value for key, value in keys.items()}}


def plan_of(keys):
    return plan_for(parse_config(keys, title="t"))


def merged(base, more):
    """As a person puts a line into the stack file."""
    for key, value in more.items():
        base[key] = merged(dict(base.get(key) or {}), value) if isinstance(value, dict) else value
    return base


REFUSED = (
    {"stage": 2, "instance_type": "cx23"},
    {"stage": 3, "instance_type": "cpx22"},
    {"stage": 4, "instance_type": "cx33"},
    {"stage": 4, "celery_servers": {"count": 1, "instance_type": "cx23"}},
    {"stage": 5, "celery_servers": {"count": 1, "instance_type": "cx23"}},
    {"stage": 1, "instance_type": "cx23", "overrides": {"django": {"replicas": {"planned": 3}}}},
    {"stage": 1, "instance_type": "cx23", "overrides": {"pools": {"default": {"cpu_request": "800m"}}}},
)


@pytest.mark.parametrize("keys", REFUSED)
class TestRefused:
    def test_every_line_put_into_the_stack_file_fits(self, keys):
        """Planned again from the file's text, with the price that was said."""
        plan = plan_of(keys_of(**keys))
        assert not plan.fits
        assert plan.remedies
        for remedy in plan.remedies:
            if remedy.change.startswith("take back"):
                continue
            better = merged({**keys}, yaml.safe_load(remedy.change))
            again = plan_of(keys_of(**better))
            assert again.fits, remedy
            assert str(month_price(again).total) == remedy.price
            assert f"{remedy.price} EUR a month" in remedy.effect


class TestKinds:
    def changes(self, **keys):
        return [one.change for one in plan_of(keys_of(**keys)).remedies]

    def test_the_next_type_with_its_price(self):
        """The cheapest in the order of preference, not the largest."""
        plan = plan_of(keys_of(stage=2, instance_type="cx23"))
        (found,) = [one for one in plan.remedies if one.change.startswith("instance_type")]
        assert found.change == "instance_type: cx33"
        assert found.effect == "fits cx33, 12.42 EUR a month instead of 9.42"

    def test_one_pod_less(self):
        said = self.changes(stage=4, celery_servers={"count": 1, "instance_type": "cx23"})
        assert "overrides: {pools: {default: {replicas: {min: 2, planned: 2}}}}" in said

    def test_processes_in_place_of_pods(self):
        """As many in all: 3 pods of 4 become 1 of 12."""
        said = self.changes(stage=4, instance_type="cx33")
        assert any("concurrency: 12" in one and "planned: 1" in one for one in said)

    def test_celery_servers(self):
        assert "celery_servers: {count: 1}" in self.changes(stage=2, instance_type="cx23")
        said = self.changes(stage=5, celery_servers={"count": 1, "instance_type": "cx23"})
        assert "celery_servers: {count: 2, instance_type: cx23}" in said
        assert "celery_servers: {count: 1, instance_type: cx33}" in said

    def test_an_override_taken_back(self):
        said = self.changes(**REFUSED[-1])
        assert said[0] == "take back overrides.pools.default.cpu_request: 800m (400m is the stage's)"

    def test_grafana(self):
        small = {"overrides": {"django": {"memory_request": "1040Mi", "memory_limit": "1040Mi"}}}
        keys = {"stage": 2, "instance_type": "cx33", "monitoring": {"grafana": True}, **small}
        plan = plan_of(keys_of(**keys))
        assert not plan.fits
        assert "monitoring: {grafana: false}" in [one.change for one in plan.remedies]

    def test_nothing_helps(self):
        """A pod larger than any server of the catalog."""
        huge = {"cpu_request": "64000m", "cpu_limit": "64000m"}
        plan = plan_of(keys_of(stage=2, overrides={"pools": {"default": {**huge, "memory_limit": "1Gi"}}}))
        assert not plan.fits
        assert [one.change.split(":")[0] for one in plan.remedies] == [
            "take back overrides.pools.default.cpu_request"
        ] * (len(plan.remedies))

    @pytest.mark.parametrize("provider", sorted(REGIONS))
    def test_none_where_it_fits(self, provider):
        assert plan_of(keys_of(stage=3, provider=provider, region=REGIONS[provider])).remedies == ()


class TestBudget:
    def remedies(self, budget):
        return plan_of(keys_of(stage=2, instance_type="cx23", budget=budget)).remedies

    def test_what_is_above_comes_last_and_says_so(self):
        """The whole month counts: the cx33 alone is 8.49."""
        within, above = self.remedies(15)
        assert (within.change, within.within_budget) == ("instance_type: cx33", True)
        assert above.within_budget is False
        assert above.effect.endswith("18.41 EUR a month instead of 9.42, above the budget of 15")

    def test_to_the_cent(self):
        assert [one.within_budget for one in self.remedies(12.42)] == [True, False]
        assert [one.within_budget for one in self.remedies(12.41)] == [False, False]

    def test_a_later_one_of_its_kind_may_be_within(self):
        """The catalog prefers cx33; a stack file's own price makes it dearer than the next."""
        keys = keys_of(stage=2, instance_type="cx23", budget=25, catalog={"prices": {"cx33": 30}})
        plan = plan_of(keys)
        (found,) = [one for one in plan.remedies if one.change.startswith("instance_type")]
        assert found.within_budget
        assert found.change != "instance_type: cx33"

    def test_nothing_is_said_without_one(self):
        assert {one.within_budget for one in plan_of(keys_of(stage=2, instance_type="cx23")).remedies} == {None}
