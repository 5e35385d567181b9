"""Who gets what is left."""

import pytest

from infra.sizing.pack import pack
from infra.sizing.plan import Amounts
from stacks import STAGES
from tests.plans import stage_plan


def maxima(plan):
    return [plan.django.workload.replicas.max, *(one.workload.replicas.max for one in plan.workers)]


class TestShareOut:
    def test_nothing_is_left_at_stage_1(self):
        """4 GB hold the planned pods and their surge."""
        assert maxima(stage_plan(1)) == [2, 1]

    def test_ceilings_hold_on_a_large_server(self):
        """More than the stage asks for is not handed out."""
        assert maxima(stage_plan(1, instance_type="cx43")) == [3, 3]

    @pytest.mark.parametrize("stage", sorted(STAGES))
    def test_never_below_the_plan_never_above_the_ceiling(self, stage):
        plan, wanted = stage_plan(stage), STAGES[stage]
        ranges = [wanted.django.replicas, *(pool.replicas for pool in wanted.pools)]
        for maximum, one in zip(maxima(plan), ranges, strict=True):
            assert one.planned <= maximum <= one.ceiling

    @pytest.mark.parametrize("stage", sorted(STAGES))
    def test_one_more_of_what_stopped_early_does_not_fit(self, stage):
        """What is left is too small for another pod of it."""
        plan, wanted = stage_plan(stage), STAGES[stage]
        left = pack(plan.nodes, plan.workloads).left
        ceilings = [wanted.django.replicas.ceiling, *(pool.replicas.ceiling for pool in wanted.pools)]
        parts = [plan.django.workload, *(one.workload for one in plan.workers)]
        for workload, ceiling in zip(parts, ceilings, strict=True):
            if workload.replicas.max < ceiling:
                room: list[Amounts] = [amounts for name, amounts in left if name.startswith(workload.node_role)]
                assert not any(amounts.holds(workload.pod_requests) for amounts in room)
