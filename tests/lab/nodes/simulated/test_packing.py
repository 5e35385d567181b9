"""Every plan fits in a packing that is not ours: the real scheduler places all pods of all plans, side by side."""

import pytest

from infra.clouds import CLOUDS
from infra.names import ROLE_LABEL, SERVER_ROLE
from infra.sizing.pack import pack
from infra.units import Cpu, Memory
from lab.nodes.simulated import node as simulated
from stacks import STAGES
from tests.lab.nodes.simulated.packing import PLAN_LABEL, control_plane, nodes_of, pod, pods_of
from tests.plans import stage_plan

pytestmark = pytest.mark.cluster

COMBINATIONS = [(stage, provider) for provider in CLOUDS for stage in STAGES]


def key(stage, provider):
    return f"{provider}-{stage}"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Nodes and pods of all plans."""
    with control_plane(tmp_path_factory.mktemp("packing")) as made:
        for stage, provider in COMBINATIONS:
            plan, name = stage_plan(stage, provider), key(stage, provider)
            for host, size, config in nodes_of(plan, name):
                simulated.register(made.api, host, size, config)
            for body in pods_of(plan, name):
                made.add(body)
        yield made


@pytest.mark.parametrize(("stage", "provider"), COMBINATIONS)
class TestEveryPlan:
    def test_every_pod_is_placed(self, cluster, stage, provider):
        """Node sizes come from the rendered k3s config, requests from the plan."""
        plan, name = stage_plan(stage, provider), key(stage, provider)
        placed = cluster.decided(name)
        assert sum(len(pods) for pods in placed.values()) == len(list(pods_of(plan, name)))
        assert set(placed) == {host for host, _, _ in nodes_of(plan, name)}

    def test_not_one_pod_more(self, cluster, stage, provider):
        """What the plan leaves on the server is what is left: a pod of exactly that fits, and then nothing does."""
        plan, name = stage_plan(stage, provider), key(stage, provider)
        packing = dict(pack(plan.nodes, plan.workloads).left)[f"{SERVER_ROLE}-1"]
        cpu, memory = cluster.left(name, f"{name}-{SERVER_ROLE}-1")
        assert (Cpu(cpu), Memory(memory)) == (packing.cpu, packing.memory)
        server = {PLAN_LABEL: name, ROLE_LABEL: SERVER_ROLE}
        cluster.add(pod(f"{name}-rest", server, [(f"{cpu}m", str(memory))]))
        cluster.decided(name)
        cluster.add(pod(f"{name}-more", server, [("1m", "1Mi")]))
        cluster.decided(name, waiting=[f"{name}-more"])
