"""The tightest moment of a plan."""

import pytest

from infra.sizing.pack import peak_pods
from infra.units import Cpu
from stacks import STAGES
from tests.plans import REGIONS, stage_plan


class TestFits:
    def test_stage_1(self):
        """The web's extra pod of a rollout comes last: 1485m of 1700m, 2588Mi of 2638Mi, the exporter included."""
        tightest = stage_plan(1).proof.tightest
        assert (tightest.node, tightest.pod, tightest.binds, tightest.used_percent) == (
            "server-1",
            "django",
            "memory",
            98,
        )
        assert (tightest.left.cpu, tightest.left.memory.whole_mib) == (Cpu(205), 50)
        assert "every rollout's extra pod, the migration and the backup" in tightest.moment

    def test_celery_servers_have_no_rollout(self):
        """3 x 800m + 3 x 400m of 3690m."""
        tightest = stage_plan(5).proof.tightest
        assert (tightest.node, tightest.pod, tightest.binds, tightest.left.cpu) == (
            "celery-1",
            "celery-worker",
            "cpu",
            Cpu(90),
        )
        assert "no job runs here" in tightest.moment

    @pytest.mark.parametrize("provider", sorted(REGIONS))
    @pytest.mark.parametrize("stage", sorted(STAGES))
    def test_counts_every_pod(self, stage, provider):
        """DaemonSets on every node, everything else once."""
        plan = stage_plan(stage, provider)
        nodes = sum(node.count for node in plan.nodes)
        assert plan.proof.pods == len(peak_pods(plan.workloads)) + nodes
        assert len(plan.proof.left) == nodes
        assert plan.proof.tightest.left in dict(plan.proof.left).values()


class TestDoesNotFit:
    def test_the_pod_without_a_node(self):
        proof = stage_plan(5, celery_servers=1, celery_instance_type="cx23").proof
        assert (proof.tightest.pod, proof.tightest.node, proof.tightest.left.cpu) == (
            "celery-worker-slow",
            "celery-1",
            Cpu(90),
        )
