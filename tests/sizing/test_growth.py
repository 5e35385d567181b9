"""More customers than the last stage's own size: servers, ceilings and connections grow together."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.sizing.inputs import PlanInputs
from infra.sizing.make_plan import make_plan
from infra.sizing.pack import pack
from infra.sizing.plan import Departure
from stacks import STAGES
from tests.plans import REGIONS, catalog, stage_plan

MOST_CUSTOMERS = 31_499
providers = st.sampled_from(sorted(REGIONS))


def replicas(plan):
    return {one.pool: (one.workload.replicas.min, one.workload.replicas.planned) for one in plan.workers}


def on_fewer_servers(plan):
    """Whether every pod of the peak finds a node with one Celery server less."""
    nodes = tuple(replace(node, count=node.count - 1) if node.role == "celery" else node for node in plan.nodes)
    return not pack(nodes, plan.workloads).unplaced


def broken(plan):
    return [check for check in plan.checks if not check.ok]


def said(plan, field):
    return [one for one in plan.departures if one.field == field]


class TestGrowth:
    @settings(max_examples=20)
    @given(customers=st.integers(1501, MOST_CUSTOMERS), provider=providers)
    def test_no_server_has_nothing_to_do(self, customers, provider):
        """It is needed at the peak, and has pods then; the plan fits and keeps every contract."""
        plan = stage_plan(5, provider, customers=customers)
        assert plan.fits
        assert broken(plan) == []
        assert plan.celery_servers.count == customers // 1500
        assert plan.celery_servers.count == 1 or not on_fewer_servers(plan)
        empty = plan.celery_servers.allocatable - plan.monitoring.node_exporter.pod_requests
        assert [name for name, left in plan.proof.left if name.startswith("celery") and left == empty] == []

    @settings(max_examples=8)
    @given(customers=st.integers(1501, MOST_CUSTOMERS - 1500), provider=providers)
    def test_more_customers_never_get_less(self, customers, provider):
        """Pods of each pool, web pods, and clients of PgBouncer, once there is one."""
        fewer, more = (stage_plan(5, provider, customers=number) for number in (customers, customers + 1500))
        for one, other in zip(fewer.workers, more.workers, strict=True):
            assert one.workload.replicas.min < other.workload.replicas.min
            assert one.workload.replicas.max < other.workload.replicas.max
        assert fewer.django.workload.replicas.max <= more.django.workload.replicas.max
        assert (fewer.pgbouncer.max_client_conn if fewer.pgbouncer else 0) < more.pgbouncer.max_client_conn

    def test_4500_customers(self):
        """Three times the pods on three servers; all of them at their maximum fill these."""
        plan = stage_plan(5, customers=4500)
        assert plan.celery_servers.count == 3
        assert replicas(plan) == {"fast": (6, 6), "slow": (3, 3)}
        assert {one.pool: one.workload.replicas.max for one in plan.workers} == {"fast": 9, "slow": 7}
        assert plan.django.workload.replicas.max == 8
        assert (plan.pgbouncer.default_pool_size, plan.pgbouncer.max_client_conn) == (43, 344)
        [grown] = said(plan, "pools.fast.replicas")
        assert (grown.guide, grown.plan) == ("2/2/6", "6/6/18")
        assert grown.why == "4500 customers are 3 times the stage's own size"

    @pytest.mark.parametrize("provider", sorted(REGIONS))
    def test_the_stage_at_its_own_size_is_what_it_was(self, provider):
        """A running stage 5 that names its stage, or fewer than 3,000 customers."""
        named = stage_plan(5, provider)
        counted = stage_plan(5, provider, customers=2999)
        assert {one.pool: one.workload.replicas.max for one in named.workers} == {"fast": 3, "slow": 3}
        for part in ("nodes", "django", "workers", "pgbouncer", "namespace", "departures"):
            assert getattr(named, part) == getattr(counted, part)

    def test_pgbouncer_has_memory_for_its_clients(self):
        """5 MiB for each 100 were measured; up to 850 clients it is what it was."""
        few, many = (stage_plan(5, customers=number).pgbouncer for number in (4500, MOST_CUSTOMERS))
        limits = [one.workload.container("pgbouncer").limits.memory.whole_mib for one in (few, many)]
        assert limits[0] == 64
        assert limits[1] >= many.max_client_conn * 5 // 100


class TestBeyond:
    @pytest.mark.parametrize("customers", [MOST_CUSTOMERS + 1, 60_000, 10**31])
    def test_says_what_to_do(self, customers):
        """No more servers than a stack file may name, and the contract that is broken."""
        plan = stage_plan(5, customers=customers)
        assert plan.celery_servers.count == 20
        [check] = broken(plan)
        assert (check.name, check.field) == ("celery-servers", "customers")
        needed = customers // 1500
        said = f"{customers} customers need {needed} Celery servers; 20 are possible (up to {MOST_CUSTOMERS} customers)"
        assert said in check.reason
        assert "share the customers among several deployments" in check.reason
        assert plan.use.then == "the end of what 20 Celery servers and one database server hold"

    def test_the_last_that_it_holds(self):
        assert stage_plan(5, customers=MOST_CUSTOMERS).celery_servers.count == 20

    def test_smaller_stages_say_nothing(self):
        assert [check.name for check in stage_plan(4, customers=1500).checks if check.name == "celery-servers"] == []


class TestByHand:
    def test_a_named_count_bounds_the_growth(self):
        """Two servers hold two times the pods, whatever the customers ask for."""
        plan = stage_plan(5, customers=10_000, celery_servers=2)
        assert plan.fits
        assert replicas(plan) == {"fast": (4, 4), "slow": (2, 2)}
        [grown] = said(plan, "pools.fast.replicas")
        assert grown.why == "celery_servers.count is 2, which makes it 2 times the stage's own size"

    def test_workers_on_the_server_do_not_grow(self):
        assert replicas(stage_plan(5, customers=10_000, celery_servers=0)) == {"fast": (2, 2), "slow": (1, 1)}

    def test_an_override_is_taken_at_its_word(self):
        """The pool that it names stays; what it asks for is the person's."""
        overridden = (Departure(field="overrides.pools.fast.replicas.ceiling", guide="6", plan="6", why=""),)
        inputs = PlanInputs(provider="hetzner", region="nbg1", customers=4500)
        plan = make_plan(STAGES[5], inputs=inputs, catalog=catalog(), overridden=overridden)
        assert replicas(plan) == {"fast": (2, 2), "slow": (3, 3)}

    @pytest.mark.parametrize(("count", "enough_for"), [(0, 2999), (1, 2999), (5, 8999)])
    def test_a_count_below_what_the_customers_need_is_said(self, count, enough_for):
        """The pools stay small with it, and tasks would wait."""
        [one] = said(stage_plan(5, customers=30_000, celery_servers=count), "celery_servers.count")
        assert (one.guide, one.plan) == ("20", str(count))
        assert f"sized for up to {enough_for} customers" in one.why

    @pytest.mark.parametrize("count", [None, 3])
    def test_enough_of_them_is_not(self, count):
        assert said(stage_plan(5, customers=4500, celery_servers=count), "celery_servers.count") == []

    def test_a_pool_that_does_not_grow_is_said(self):
        """A ceiling of one's own keeps the number of pods that always run, too."""
        overridden = (Departure(field="overrides.pools.fast.replicas.ceiling", guide="6", plan="6", why=""),)
        inputs = PlanInputs(provider="hetzner", region="nbg1", customers=30_000)
        plan = make_plan(STAGES[5], inputs=inputs, catalog=catalog(), overridden=overridden)
        [kept] = said(plan, "pools.fast.replicas")
        assert (kept.guide, kept.plan) == ("40/40/120", "2/2/6")
        assert "do not grow with the customers" in kept.why

    @pytest.mark.parametrize(("count", "needed"), [(2, None), (3, "2"), (5, "2")])
    def test_servers_without_work_are_named(self, count, needed):
        """6 fast and 3 slow pods at most; the third server is paid for nothing."""
        found = said(stage_plan(5, celery_servers=count), "celery_servers.count")
        assert [one.guide for one in found] == ([needed] if needed else [])

    def test_large_servers_are_not_bought_for_nothing(self):
        """Two of 16 GB hold what three of 8 GB do."""
        plan = stage_plan(5, customers=4500, celery_instance_type="cx43")
        assert plan.fits
        assert said(plan, "celery_servers.count") == []
        assert plan.celery_servers.count == 1 or not on_fewer_servers(plan)
