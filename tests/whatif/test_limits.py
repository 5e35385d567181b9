"""How many customers each part holds: at the limit it holds, one more it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.sizing.connections import OTHERS
from infra.whatif.limits import (
    MOST_RESPONSE,
    MOST_WAIT,
    SHARE,
    connections_used,
    find_limits,
    pool_of,
    web_queue,
    worker_queue,
)
from infra.whatif.load import Load
from tests.plans import stage_plan

LOAD = Load(customers=900, tasks_per_customer_day=40, task_seconds=0.3)


def limits(plan, load=LOAD):
    return {limit.name: limit for limit in find_limits(plan, load)}


class TestEachPart:
    @pytest.fixture(scope="class")
    @classmethod
    def plan(cls):
        return stage_plan(4)

    def test_workers(self, plan):
        """Three pods of four processes."""
        most = limits(plan)["workers"].customers
        waits = [worker_queue(plan, LOAD.of(one), 3).wait_quantile(SHARE) for one in (most, most + 1)]
        assert waits[0] <= MOST_WAIT < waits[1]
        assert worker_queue(plan, LOAD, 3).servers == 12

    def test_workers_by_hand(self, plan):
        """Near saturation: 12 / 0.3 s = 40 tasks a second, 720 customers for each at that peak: below 28,800."""
        assert 0.99 * 28_800 < limits(plan)["workers"].customers < 28_800

    def test_web(self, plan):
        most = limits(plan)["web p95"].customers
        slow = [web_queue(plan, LOAD.of(one)).response_quantile(SHARE) for one in (most, most + 1)]
        assert slow[0] <= MOST_RESPONSE < slow[1]
        assert web_queue(plan, LOAD).servers == 6

    def test_connections(self, plan):
        most = limits(plan)["database connections"].customers
        bound = plan.postgres.max_connections - OTHERS
        assert connections_used(LOAD.of(most)) <= bound < connections_used(LOAD.of(most + 1))

    def test_connections_through_pgbouncer(self):
        plan = stage_plan(5)
        assert plan.pgbouncer is None or f"{plan.pgbouncer.default_pool_size} at once" in str(limits(plan))

    def test_what_keeps_the_autoscaler_from_more(self):
        """Stage 1's server has no memory for a second worker pod; stage 4's pods end at the stage's ceiling."""
        assert "512Mi more for the next, 50Mi are left" in limits(stage_plan(1))["memory"].why
        assert "the stage's ceiling" in limits(stage_plan(4))["replicas"].why
        assert "no node has them left" in limits(stage_plan(5))["cpu"].why

    def test_sorted(self, plan):
        found = [limit.customers for limit in find_limits(plan, LOAD)]
        assert found == sorted(found)


class TestPool:
    def test_slow_tasks_go_to_the_slow_pool(self):
        plan = stage_plan(5)
        assert [pool_of(plan, seconds).pool for seconds in (0.3, 10, 10.5)] == ["fast", "fast", "slow"]

    def test_where_there_is_one_pool_all_go_there(self):
        assert pool_of(stage_plan(1), 60).pool == "default"


@given(st.floats(1, 500), st.floats(0.05, 9), st.floats(1, 10), st.floats(1, 5))
def test_a_heavier_load_is_never_held_better(tasks, seconds, peak, more):
    plan = stage_plan(3)
    light = Load(customers=1, tasks_per_customer_day=tasks, task_seconds=seconds, peak_factor=peak)
    heavy = Load(customers=1, tasks_per_customer_day=tasks * more, task_seconds=seconds, peak_factor=peak)
    before, after = limits(plan, light), limits(plan, heavy)
    assert all(after[name].customers <= limit.customers for name, limit in before.items())
