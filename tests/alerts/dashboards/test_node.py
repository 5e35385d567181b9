"""Servers."""

import pytest

from infra.alerts.dashboards.node import node_dashboard
from tests.alerts.dashboards import marks
from tests.plans import stage_plan


@pytest.mark.parametrize("stage", [1, 2, 4])
def test_load_against_the_servers_cpus(stage):
    plan = stage_plan(stage)
    assert marks(node_dashboard(plan), "Load") == [plan.server.vcpu]


def test_the_alerts_lines():
    made = node_dashboard(stage_plan(1))
    assert (marks(made, "CPU"), marks(made, "Memory"), marks(made, "Disk space left")) == ([80], [80, 90], [15, 40])
