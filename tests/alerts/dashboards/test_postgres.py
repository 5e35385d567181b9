"""Postgres."""

import re

import pytest

from infra.alerts.dashboards.postgres import postgres_dashboard
from infra.components.postgres import DATABASE
from tests.alerts.dashboards import marks
from tests.plans import stage_plan

DATNAME = re.compile(r'datname="(\w+)"')


@pytest.mark.parametrize(("stage", "expected"), [(1, [32, 40]), (2, [64, 80]), (4, [80, 100])])
def test_connections_against_the_plans_maximum(stage, expected):
    """The alert's line, and the end."""
    assert marks(postgres_dashboard(stage_plan(stage)), "Connections") == expected


def test_memory_against_the_alerts_line():
    assert marks(postgres_dashboard(stage_plan(1)), "Memory of the limit") == [90]


def test_looks_at_the_shops_database():
    made = postgres_dashboard(stage_plan(1))
    named = {text for panel in made["panels"] for one in panel["targets"] for text in DATNAME.findall(one["expr"])}
    assert named == {DATABASE}
