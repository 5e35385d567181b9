"""How many Celery servers, of which type, and that their pods fit however they are placed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.clouds import CLOUDS
from infra.errors import ConfigError
from infra.sizing.inputs import PlanInputs, Recorded
from infra.sizing.make_plan import make_plan
from infra.sizing.pack import peak_pods
from stacks import STAGES
from tests.plans import REGIONS, stage_plan


def celery(plan):
    node = plan.celery_servers
    return (node.count, node.instance_type) if node else None


def maxima(plan):
    return {one.pool: one.workload.replicas.max for one in plan.workers}


class TestCount:
    @pytest.mark.parametrize(
        ("provider", "row"), [("hetzner", "cx33"), ("digitalocean", "s-4vcpu-8gb"), ("vultr", "vc2-4c-8gb")]
    )
    def test_stage_5_needs_one(self, provider, row):
        """2 x 800m + 400m of 3690m."""
        plan = stage_plan(5, provider)
        assert celery(plan) == (1, row)
        assert (plan.celery_servers.allocatable.cpu.millicores, plan.celery_servers.allocatable.memory.whole_mib) == (
            3700,
            6777,
        )

    @pytest.mark.parametrize("stage", [1, 2, 3, 4])
    def test_none_below(self, stage):
        assert celery(stage_plan(stage)) is None

    @pytest.mark.parametrize(
        ("customers", "count"), [(1501, 1), (2999, 1), (3000, 2), (4499, 2), (4500, 3), (10_000, 6)]
    )
    def test_one_more_for_each_further_1500_customers(self, customers, count):
        assert celery(stage_plan(5, customers=customers)) == (count, "cx33")

    def test_customers_of_a_smaller_stage_ask_for_none(self):
        assert celery(stage_plan(4, customers=1500)) is None

    def test_a_named_count_wins(self):
        assert celery(stage_plan(5, customers=10_000, celery_servers=2)) == (2, "cx33")

    def test_stage_4_may_have_them(self):
        assert celery(stage_plan(4, celery_servers=1)) == (1, "cx33")

    def test_naming_a_type_asks_for_them(self):
        """Three pods of 800m on 1690m each: two servers of 2 vCPU."""
        assert celery(stage_plan(4, celery_instance_type="cx23")) == (2, "cx23")

    def test_none_at_stage_5(self):
        """Workers run on the server then."""
        plan = stage_plan(5, celery_servers=0)
        assert celery(plan) is None
        assert {one.workload.node_role for one in plan.workers} == {"server"}
        assert plan.fits


class TestType:
    def test_a_larger_one_where_a_pod_needs_it(self):
        """A named count on the first candidate that holds the planned pods: 7 x 800m are more than 3690m."""
        pool = STAGES[5].pools[0]
        wide = pool.model_copy(update={"replicas": pool.replicas.model_copy(update={"planned": 6})})
        stage = STAGES[5].model_copy(update={"pools": (wide, STAGES[5].pools[1])})
        plan = make_plan(stage, inputs=_inputs(celery_servers=1), catalog=_catalog())
        assert celery(plan) == (1, "cx43")

    def test_a_pin_that_is_too_small(self):
        """Said with the pods and the room."""
        plan = stage_plan(5, celery_servers=1, celery_instance_type="cx23")
        assert plan.missing == ("cx23: 1 pod (celery-worker-slow) needs 400m and 512Mi more room; 90m and 974Mi left",)

    def test_an_unknown_pin(self):
        with pytest.raises(ConfigError, match=r"stagecoach:celery_servers\.instance_type = cx99: one of .*cx23"):
            stage_plan(5, celery_instance_type="cx99")

    def test_running_ones_keep_their_type(self):
        """A cheaper candidate does not resize a running server."""
        assert celery(_with_recorded(celery_instance_type="cpx32", celery_root_disk_gb=160)) == (1, "cpx32")

    def test_a_disk_never_shrinks(self):
        with pytest.raises(ConfigError, match=r"celery_servers\.instance_type = cx23: the server is a cx33 .* 80 GB"):
            _with_recorded({"celery_instance_type": "cx23"}, celery_instance_type="cx33", celery_root_disk_gb=80)


class TestMaxima:
    def test_one_server(self):
        """3 x 800m + 3 x 400m = 3600m of 3690m; the plan says what the rest would need."""
        plan = stage_plan(5)
        assert maxima(plan) == {"fast": 3, "slow": 3}
        said = next(one for one in plan.departures if one.field == "celery-worker replicas")
        assert said.why.endswith("6 pods need 2 x cx33 (16.98 EUR a month)")

    @pytest.mark.parametrize("provider", sorted(REGIONS))
    def test_two_servers_hold_every_maximum(self, provider):
        plan = stage_plan(5, provider, celery_servers=2)
        assert maxima(plan) == {"fast": 6, "slow": 3}
        assert [one for one in plan.departures if one.field.endswith("replicas")] == []

    @settings(max_examples=80)
    @given(
        stage=st.sampled_from([4, 5]),
        provider=st.sampled_from(sorted(REGIONS)),
        count=st.integers(1, 3),
        order=st.randoms(use_true_random=False),
    )
    def test_the_scheduler_may_place_them_in_any_order(self, stage, provider, count, order):
        """It spreads pods over the nodes, and pods come in any order: no plan depends on a clever packing."""
        plan = stage_plan(stage, provider, celery_servers=count)
        node = plan.celery_servers
        exporter = plan.monitoring.node_exporter.pod_requests
        left = [node.allocatable - exporter] * node.count
        pods = [pod for pod in peak_pods(plan.workloads) if pod.role == "celery"]
        order.shuffle(pods)
        for pod in pods:
            fitting = [index for index, room in enumerate(left) if room.holds(pod.requests)]
            assert fitting, (pod, left)
            index = max(fitting, key=lambda one: left[one].cpu)
            left[index] = left[index] - pod.requests


def _catalog():
    return CLOUDS["hetzner"].catalog


def _inputs(**more):
    return PlanInputs(provider="hetzner", region="nbg1", **more)


def _with_recorded(inputs=None, **celery_server):
    """A running stage 5."""
    recorded = Recorded(
        name="shop",
        provider="hetzner",
        region="nbg1",
        stage=5,
        instance_type="cx43",
        root_disk_gb=40,
        volume_size_gib=240,
        **celery_server,
    )
    return make_plan(STAGES[5], inputs=_inputs(**(inputs or {})), catalog=_catalog(), recorded=recorded)
