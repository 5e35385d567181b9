"""Which stage a load needs, and what the answer says of it."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.errors import ConfigError, RefusedError
from infra.planner.plan_for import plan_for
from infra.prices.listing import example
from infra.report.whatif_json import whatif_to_json
from infra.stack_file.catalog_config import CatalogConfig
from infra.whatif.answer import ask, require_holds, smallest_that_holds
from infra.whatif.load import Load


def load(customers=900, tasks=40, seconds=0.3, **more):
    return Load(customers=customers, tasks_per_customer_day=tasks, task_seconds=seconds, **more)


def answer(asked, provider="hetzner"):
    return smallest_that_holds(plan_for, example(provider, None, CatalogConfig(), asked.customers), asked)


class TestStage:
    @pytest.mark.parametrize(("customers", "stage"), [(0, 1), (200, 1), (201, 2), (800, 3), (900, 4), (1501, 5)])
    def test_by_customers(self, customers, stage):
        found = answer(load(customers))
        assert (found.plan.stage, found.by_customers, found.holds) == (stage, stage, True)

    def test_by_load(self):
        """180 customers are stage 1; 500 tasks of 1 s for each need 3.1 processes at the peak: stage 2 has 4."""
        found = answer(load(180, 500, 1))
        assert (found.plan.stage, found.by_customers) == (2, 1)
        assert "180 customers alone would be stage 1" in found.notes[0]

    def test_of_a_season(self):
        assert answer(load(180, 500, 0.3)).plan.stage == 1
        assert answer(load(180, 500, 0.3, peak_factor=10)).plan.stage == 2

    def test_that_no_stage_holds(self):
        """Every part that gives way, each with what to do."""
        found = answer(load(peak_factor=2000))
        assert not found.holds
        with pytest.raises(RefusedError, match="does not hold this load") as refused:
            require_holds(found)
        paths = [problem.path for problem in refused.value.problems]
        assert {"workers", "web p95"} <= set(paths)
        assert all(problem.hint for problem in refused.value.problems)

    def test_what_holds_is_not_refused(self):
        require_holds(answer(load()))

    def test_named(self):
        """A stage that is asked for stays, holding or not."""
        config = example("hetzner", 1, CatalogConfig())
        assert not ask(plan_for, config, load(180, 500, 1)).holds


class TestNotes:
    def test_the_autoscaler_does_not_see_waiting_tasks(self):
        """Stage 3 plans two pods and runs one at least."""
        found = answer(load(800, 200, 0.9))
        assert found.plan.stage == 3
        assert any("the autoscaler adds pods by CPU" in note for note in found.notes)

    def test_none(self):
        assert answer(load()).notes == ()


def test_a_task_that_would_be_killed():
    with pytest.raises(ConfigError, match=r"--task-seconds = 600: at most 540, the soft_time_limit"):
        answer(load(seconds=600))


class TestJson:
    def test_by_hand(self):
        """1.25 tasks a second of 0.3 s: 0.375 of 12 processes; nobody waits."""
        found = whatif_to_json(answer(load()))
        assert found["load"]["tasks_per_second_peak"] == 1.25
        assert found["load"]["utilisation"] == 0.03125
        assert found["load"]["expected_wait_seconds"] < 1e-9
        assert found["price"]["total"] == 25.64
        assert found["bottleneck"] == found["limits"][0]
        assert found["holds"] is True

    def test_has_no_infinity(self):
        """JSON knows none."""
        text = json.dumps(whatif_to_json(answer(load(peak_factor=2000))), allow_nan=False)
        assert json.loads(text)["load"]["expected_wait_seconds"] is None


@settings(max_examples=40)
@given(st.integers(0, 3000), st.floats(1, 300), st.floats(0.05, 5), st.floats(1, 4), st.integers(0, 1000))
def test_more_never_needs_a_smaller_stage(customers, tasks, seconds, more, further):
    before = answer(load(customers, tasks, seconds))
    after = answer(load(customers + further, tasks * more, seconds))
    if before.holds and after.holds:
        assert after.plan.stage >= before.plan.stage
        waits = [one.tasks(one.pods["planned"]).mean_wait for one in (before, after)]
        assert all(math.isfinite(wait) for wait in waits)
    assert before.holds or not after.holds
