"""Plans of all stages and providers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.clouds import CLOUDS
from infra.errors import ConfigError
from infra.sizing.inputs import PlanInputs, Recorded
from infra.sizing.make_plan import make_plan
from infra.sizing.pack import pack, peak_pods
from infra.units import Cpu, Memory
from stacks import STAGES
from tests.plans import REGIONS, catalog, stage_plan

ALL = [(stage, provider) for stage in STAGES for provider in REGIONS]


@pytest.mark.parametrize(("stage", "provider"), ALL)
class TestAll:
    def test_fits(self, stage, provider):
        """Every pod finds a node with all autoscalers at maximum, all surges and all jobs."""
        plan = stage_plan(stage, provider)
        assert (plan.fits, plan.missing) == (True, ())
        assert pack(plan.nodes, plan.workloads).unplaced == ()

    def test_keeps_every_contract(self, stage, provider):
        assert [check.name for check in stage_plan(stage, provider).checks if not check.ok] == []

    def test_sums_are_below_allocatable(self, stage, provider):
        """Counted again without the packing."""
        plan = stage_plan(stage, provider)
        for node in plan.nodes:
            pods = [pod for pod in peak_pods(plan.workloads) if pod.role == node.role]
            assert sum(pod.requests.cpu.millicores for pod in pods) <= node.allocatable.cpu.millicores * node.count
            assert sum(pod.requests.memory.bytes for pod in pods) <= node.allocatable.memory.bytes * node.count

    def test_replicas_are_ordered(self, stage, provider):
        for one in stage_plan(stage, provider).workloads:
            assert one.replicas.min <= one.replicas.planned <= one.replicas.max or one.kind in ("Job", "CronJob")


class TestStage1:
    def test_server(self):
        """0.925 x 4096 - 700 - 300 - 150 MiB, 2000 - 300 millicores."""
        server = stage_plan(1).server
        assert (server.instance_type, server.vcpu) == ("cx23", 2)
        assert (server.allocatable.cpu, server.allocatable.memory.whole_mib) == (Cpu(1700), 2638)

    def test_peak(self):
        pods = peak_pods(stage_plan(1).workloads)
        assert sum(pod.requests.cpu.millicores for pod in pods) == 1485
        assert sum(pod.requests.memory.whole_mib for pod in pods) == 2572

    @pytest.mark.parametrize("provider", REGIONS)
    def test_room_to_spare_on_every_type_of_4_gb(self, provider):
        """Beside all maxima, surges and jobs at once; the bound on what a server shows is one already."""
        names = [
            row.name for row in CLOUDS[provider].catalog.instance_types if row.memory == Memory.gib(4) and row.vcpu > 1
        ]
        assert names
        for name in names:
            inputs = PlanInputs(provider=provider, region=REGIONS[provider], instance_type=name)
            plan = make_plan(STAGES[1], inputs=inputs, catalog=catalog(provider))
            assert plan.fits
            assert dict(plan.proof.left)["server-1"].memory >= Memory.mib(48)

    def test_no_autoscaler_fits(self):
        """One more pod of either kind would be Pending; the plan says so beside the guide's 1-3."""
        plan = stage_plan(1)
        assert [one.name for one in plan.workloads if one.replicas.autoscaled] == []
        fields = {one.field: one for one in plan.departures}
        assert fields["celery-worker replicas"].guide == "1-3 pods"
        assert "cx33 (8.49 EUR a month)" in fields["celery-worker replicas"].why

    def test_the_guides_worker(self):
        worker = stage_plan(1).workers[0]
        container = worker.workload.container("worker")
        assert (worker.concurrency, str(container.requests.cpu), str(container.limits.cpu)) == (2, "400m", "800m")
        assert (str(container.requests.memory), str(container.limits.memory)) == ("512Mi", "768Mi")
        assert (worker.time_limit, worker.soft_time_limit) == (600, 540)


class TestInstanceType:
    def test_running_type_is_kept_while_it_fits(self):
        """A cheaper candidate does not move a running server."""
        recorded = _recorded(instance_type="cpx32", root_disk_gb=160)
        plan = make_plan(STAGES[1], inputs=_inputs(), catalog=catalog(), recorded=recorded)
        assert plan.server.instance_type == "cpx32"
        told = next(one for one in plan.departures if one.field == "instance_type")
        assert (told.guide, told.plan) == ("cx23 (5.49 EUR a month)", "cpx32 (35.49 EUR a month)")
        assert told.why.startswith("its disk of 40 GB is smaller than the server's root disk of 160 GB")

    def test_a_cheaper_type_within_reach_is_named_with_the_pin(self):
        recorded = _recorded(instance_type="cpx22", root_disk_gb=40)
        plan = make_plan(STAGES[1], inputs=_inputs(), catalog=catalog(), recorded=recorded)
        told = next(one for one in plan.departures if one.field == "instance_type")
        assert (told.guide, plan.server.instance_type) == ("cx23 (5.49 EUR a month)", "cpx22")
        assert "pin stagecoach:instance_type" in told.why

    def test_a_changed_stage_chooses_anew(self):
        recorded = _recorded(instance_type="cpx22", root_disk_gb=80)
        plan = make_plan(STAGES[2], inputs=_inputs(), catalog=catalog(), recorded=recorded)
        assert plan.server.instance_type == "cx33"

    def test_the_way_back(self):
        """A server that grew with `keep_disk` returns to the type it started as."""
        recorded = _recorded(stage=2, instance_type="cx33", root_disk_gb=40, volume_size_gib=60)
        plan = make_plan(STAGES[1], inputs=_inputs(), catalog=catalog(), recorded=recorded)
        assert (plan.server.instance_type, plan.volume_size_gib) == ("cx23", 60)

    def test_a_root_disk_never_shrinks(self):
        """A server that started at stage 2 cannot become the type of stage 1."""
        recorded = _recorded(stage=2, instance_type="cx33", root_disk_gb=80, volume_size_gib=60)
        plan = make_plan(STAGES[1], inputs=_inputs(), catalog=catalog(), recorded=recorded)
        assert plan.server.instance_type == "cx33"

    def test_a_pin_that_cannot_be_reached(self):
        recorded = _recorded(stage=2, instance_type="cx33", root_disk_gb=80)
        with pytest.raises(ConfigError, match=r"stagecoach:instance_type = cx23: the server is a cx33 .* 80 GB"):
            make_plan(STAGES[1], inputs=_inputs(instance_type="cx23"), catalog=catalog(), recorded=recorded)

    def test_vultr_never_gets_smaller(self):
        """Its API refuses it, whatever the disk."""
        at = {"provider": "vultr", "region": "fra"}
        recorded = _recorded(**at, stage=4, instance_type="vc2-6c-16gb", root_disk_gb=80)
        rows = CLOUDS["vultr"].catalog
        plan = make_plan(STAGES[1], inputs=PlanInputs(**at), catalog=rows, recorded=recorded)
        assert plan.server.instance_type == "vc2-6c-16gb"
        told = next(one for one in plan.departures if one.field == "instance_type")
        assert told.why == "vultr does not make a server smaller"

    def test_a_volume_never_shrinks(self):
        recorded = _recorded(volume_size_gib=500)
        plan = make_plan(STAGES[1], inputs=_inputs(), catalog=catalog(), recorded=recorded)
        assert plan.volume_size_gib == 500
        said = next(one for one in plan.departures if one.field == "volume_size_gib")
        assert (said.guide, said.plan) == ("40", "500")

    def test_a_pin_that_is_too_small_does_not_fit(self):
        plan = stage_plan(2, instance_type="cx23")
        assert plan.fits is False
        assert plan.missing[0].startswith("cx23: ")

    def test_an_unknown_pin(self):
        with pytest.raises(ConfigError, match=r"stagecoach:instance_type = cx99: one of .*cx23"):
            stage_plan(1, instance_type="cx99")


class TestCelery:
    def test_stage_5_has_servers_of_its_own(self):
        plan = stage_plan(5)
        assert [(node.role, node.count) for node in plan.nodes] == [("server", 1), ("celery", 1)]
        assert [worker.workload.name for worker in plan.workers] == ["celery-worker", "celery-worker-slow"]
        assert plan.pgbouncer is None


def _inputs(**more):
    return PlanInputs(provider="hetzner", region="nbg1", **more)


def _recorded(**changes):
    """A stage 1 as it was built first."""
    first = {"name": "shop", "provider": "hetzner", "region": "nbg1", "stage": 1}
    first |= {"instance_type": "cx23", "root_disk_gb": 40, "volume_size_gib": 40}
    return Recorded(**{**first, **changes})


class TestProperties:
    @settings(max_examples=60)
    @given(
        stage=st.sampled_from(sorted(STAGES)),
        row=st.sampled_from(CLOUDS["hetzner"].catalog.instance_types),
        servers=st.integers(0, 4),
    )
    def test_a_plan_that_fits_is_packed(self, stage, row, servers):
        """Whatever is pinned: the verdict is the packing's, and no node is overfull."""
        plan = stage_plan(stage, instance_type=row.name, celery_servers=servers)
        packing = pack(plan.nodes, plan.workloads)
        assert plan.fits == (not packing.unplaced) == (plan.missing == ())
        assert all(left.cpu >= Cpu(0) and left.memory >= Memory(0) for _, left in packing.left) or not plan.fits

    @settings(max_examples=40)
    @given(stage=st.sampled_from(sorted(STAGES)), servers=st.integers(1, 5))
    def test_more_celery_servers_never_hold_less(self, stage, servers):
        fewer = stage_plan(stage, celery_servers=servers).workers[0].workload.replicas.max
        more = stage_plan(stage, celery_servers=servers + 1).workers[0].workload.replicas.max
        assert more >= fewer
