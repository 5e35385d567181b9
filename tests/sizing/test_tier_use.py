"""How much of its tier a deployment uses."""

import pytest

from tests.plans import stage_plan


@pytest.mark.parametrize(
    ("stage", "customers", "expected"),
    [
        (1, 0, (200, 0, "stage 2")),
        (3, 600, (800, 75, "stage 4")),
        (4, 1500, (1500, 100, "stage 5")),
        (5, 2000, (3000, 66, "one more Celery server")),
        (5, 3000, (4500, 66, "one more Celery server")),
    ],
)
def test_of_what_the_tier_holds(stage, customers, expected):
    use = stage_plan(stage, customers=customers).use
    assert (use.customers, use.up_to, use.percent, use.then) == (customers, *expected)


def test_a_named_count_is_raised_by_hand():
    assert stage_plan(5, customers=2000, celery_servers=1).use.then == "a larger stagecoach:celery_servers.count"


@pytest.mark.parametrize(
    ("customers", "count", "expected"),
    [
        (30_000, 1, (3000, 1000, "a larger stagecoach:celery_servers.count")),
        (30_000, 0, (3000, 1000, "a larger stagecoach:celery_servers.count")),
        (4500, 20, (6000, 75, "more pods on the Celery servers that are there")),
        (31_000, 20, (31_500, 98, "the end of what 20 Celery servers and one database server hold")),
    ],
)
def test_a_named_count_is_what_there_is(customers, count, expected):
    """The pools are no larger than it, whatever the customers need."""
    use = stage_plan(5, customers=customers, celery_servers=count).use
    assert (use.up_to, use.percent, use.then) == expected


def test_none_where_the_stage_is_named():
    assert stage_plan(5).use is None
