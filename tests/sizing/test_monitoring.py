"""Prometheus' memory, and whether Grafana fits."""

import pytest

from infra.sizing.inputs import PlanInputs, Recorded
from infra.sizing.make_plan import make_plan
from infra.sizing.monitoring import size_monitoring
from infra.units import Memory
from stacks import STAGES
from tests.plans import REGIONS, catalog, stage_plan


def with_grafana(stage, provider="hetzner", recorded=None, **inputs):
    chosen = PlanInputs(provider=provider, region=REGIONS[provider], **inputs)
    asked = STAGES[stage].model_copy(update={"grafana": True})
    return make_plan(asked, inputs=chosen, catalog=catalog(provider), recorded=recorded)


def check_of(plan):
    return next(check for check in plan.checks if check.name == "grafana")


class TestPrometheus:
    @pytest.mark.parametrize(("gib", "mib"), [(4, 144), (8, 256), (16, 384), (32, 512)])
    def test_holds_what_its_server_makes(self, gib, mib):
        """25 MiB and 4 KiB for each series: 30,000 series on the smallest."""
        made = size_monitoring(Memory.gib(gib), grafana=False, alert_speed=1)
        container = made.prometheus.container("prometheus")
        assert (container.requests.memory, container.limits.memory) == (Memory.mib(mib), Memory.mib(2 * mib))


class TestGrafana:
    def test_off_by_default(self):
        assert [stage for stage in STAGES if stage_plan(stage).monitoring.grafana] == []
        assert "grafana" not in [check.name for check in stage_plan(2).checks]

    @pytest.mark.parametrize("provider", REGIONS)
    @pytest.mark.parametrize("stage", [2, 3, 4, 5])
    def test_fits_from_8_gb_on(self, stage, provider):
        """Every pod finds its node with Grafana, too, on the very server that the stage has without it."""
        plan = with_grafana(stage, provider)
        assert (plan.fits, check_of(plan).ok) == (True, True)
        assert plan.server.instance_type == stage_plan(stage, provider).server.instance_type
        assert plan.monitoring.grafana in plan.workloads

    @pytest.mark.parametrize("provider", REGIONS)
    def test_is_refused_on_4_gb(self, provider):
        """By name, with the key that asks for it; no larger server is bought for it."""
        plan = with_grafana(1, provider)
        check = check_of(plan)
        assert plan.server.memory == Memory.gib(4)
        assert not check.ok
        assert check.reason.startswith("Grafana asks for 256Mi and a server of 8 GiB or more")
        assert check.field.startswith("monitoring.grafana")

    def test_a_pinned_larger_server_holds_it(self):
        plan = with_grafana(1, instance_type="cx33")
        assert (plan.fits, check_of(plan).ok) == (True, True)

    def test_a_running_server_is_not_resized_for_it(self):
        recorded = Recorded(
            name="shop",
            provider="hetzner",
            region="nbg1",
            stage=1,
            instance_type="cx23",
            root_disk_gb=40,
            volume_size_gib=40,
        )
        assert with_grafana(1, recorded=recorded).server.instance_type == "cx23"

    def test_takes_its_room_from_an_autoscaler(self):
        """And the plan says so, as for every maximum below the ceiling."""
        without, plan = stage_plan(2), with_grafana(2)
        assert [one.workers[0].workload.replicas.max for one in (without, plan)] == [3, 2]
        assert "celery-worker replicas" in [one.field for one in plan.departures]

    def test_data_services_stay_as_they_are(self):
        """Switching it on restarts neither Postgres nor Redis."""
        without, plan = stage_plan(3), with_grafana(3)
        for part in ("postgres", "redis_broker", "redis_cache"):
            assert getattr(without, part) == getattr(plan, part)
