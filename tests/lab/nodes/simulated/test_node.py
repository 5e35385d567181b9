"""What a node of the lab shows beside what the plan counts with."""

import pytest
import yaml

from infra.clouds import CLOUDS
from infra.components.k3s_config import render_k3s_config
from infra.sizing.node import size_node
from lab.nodes.simulated.node import sizes

ROWS = [row for cloud in CLOUDS.values() for row in cloud.catalog.instance_types]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_plan_promises_no_more_than_a_server_shows(row):
    """By the rendered config and the smallest share that was seen of a real server; a twentieth at most is left."""
    plan = size_node(row, role="server", count=1, agent=False)
    text = render_k3s_config(
        plan, deployment="shop", public_ip="192.0.2.1", private_ip="10.20.1.2", token="a", agent_token="b"
    )
    shown = sizes(row.vcpu, row.memory.whole_mib, yaml.safe_load(text))[1]
    assert plan.allocatable.memory.bytes <= int(shown["memory"]) <= plan.allocatable.memory.bytes * 21 // 20
    assert plan.disk.bytes <= int(shown["ephemeral-storage"]) <= plan.disk.bytes * 101 // 100
    assert f"{plan.allocatable.cpu.millicores}m" == shown["cpu"]
