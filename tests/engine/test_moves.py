"""Every ordered pair of stages in one step, on each cloud: one deployment walks through all twenty moves."""

import itertools
import os
import shutil

import pytest

from lab.paths import REPOSITORY
from lab.plugins.faults import Fault
from stacks import STAGES
from tests.engine.deployment import Deployment
from tests.engine.moving import QUOTAS, check, is_kept, move
from tests.engine.tables import TABLES
from tests.plans import REGIONS

pytestmark = pytest.mark.engine

# Each pair once, in each direction; the longest ways come first.
TOUR = (1, 5, 1, 4, 5, 4, 1, 3, 5, 3, 4, 3, 1, 2, 5, 2, 4, 2, 3, 2, 1)
MOVES = tuple(itertools.pairwise(TOUR))
DATA = ("postgres", "redis-broker", "redis-cache")


@pytest.fixture(scope="class", params=sorted(REGIONS))
def deployment(request):
    made = Deployment(f"moves-{request.param}-{os.getpid()}", request.param)
    made.configure(stage=TOUR[0], rollout_minutes=3)
    yield made
    made.close()


class TestTour:
    def test_every_pair_in_one_step(self, deployment):
        """At the busiest hour, without a pod that is forbidden; prints what each move changes.

        The way down lowers the server's type where the provider can.
        """
        steps = deployment.up()
        check(deployment, TOUR[0])
        rows = [self._row(deployment, None, TOUR[0], steps)]
        for before, after in MOVES:
            steps = move(deployment, after)
            self._in_place(steps, before, after)
            rows.append(self._row(deployment, before, after, steps))
        TABLES[f"moves on {deployment.provider}"] = rows

    def test_a_reordered_catalog_changes_nothing(self, deployment):
        """A running server keeps its type: another first candidate, as a price list may bring, is for new servers."""
        program = deployment.workspace.folder / "infra"
        program.unlink()  # a link to the checkout
        shutil.copytree(REPOSITORY / "infra", program, ignore=shutil.ignore_patterns("__pycache__"))
        with (program / "clouds" / deployment.provider / "catalog.py").open("a") as catalog:
            catalog.write(
                "\nfrom dataclasses import replace\nCATALOG = replace(CATALOG, candidates=CATALOG.candidates[::-1])\n"
            )
        assert deployment.preview() == []

    @staticmethod
    def _in_place(steps, before, after):
        touched = {(step.op, step.short) for step in steps if is_kept(step) and step.op != "update"}
        assert {one for one in touched if one[0] != "create"} == set()
        if {before, after} == {2, 3}:
            assert [step.short for step in steps if step.name.startswith(DATA)] == []

    @staticmethod
    def _row(deployment, before, after, steps):
        moved = f"{before} -> {after}" if before else f"new at {after}"
        outputs = deployment.cli.outputs("stage1", deployment.workspace.folder)
        if not before:
            return moved, outputs["instance_type"], f"{len(steps)} created"
        names = sorted(f"{step.op} {step.short}" for step in steps if not step.op.endswith(("replacement", "replaced")))
        return moved, outputs["instance_type"], ", ".join(names)


class TestFullServer:
    """A move to a server that has no room for pods of both sizes: who is needed most comes first."""

    @pytest.fixture(scope="class")
    def deployment(self):
        made = Deployment(f"full-server-{os.getpid()}", "hetzner")
        made.configure(stage=1, rollout_minutes=3)  # a server that began large stays large
        made.up()
        yield made
        made.close()

    def test_a_pool_that_goes_makes_room(self, deployment):
        """Its pods are on the same server until the update ends."""
        deployment.configure(stage=5, celery_servers={"count": 0})
        deployment.up()
        move(deployment, 1, celery_servers=None)

    def test_large_web_pods_make_room_for_small_ones(self, deployment):
        """None of them ends before a new one is ready, and the new one has no room beside a worker."""
        wide = {"django": {"memory_request": "640Mi", "memory_limit": "768Mi"}}
        deployment.configure(stage=2, overrides=wide)
        deployment.up()
        move(deployment, 1, overrides=None)

    def test_grafana_goes(self, deployment):
        """It needs 8 GB, and is deleted at the end of the update."""
        deployment.configure(stage=2, monitoring={"grafana": True})
        deployment.up()
        move(deployment, 1, monitoring=None)


class TestManyCustomers:
    """PgBouncer and three Celery servers come with the customers, and go with them."""

    @pytest.fixture(scope="class")
    def deployment(self):
        made = Deployment(f"many-customers-{os.getpid()}", "hetzner")
        made.configure(stage=1, rollout_minutes=3)
        made.up()
        yield made
        made.close()

    def test_up(self, deployment):
        move(deployment, 5, customers=4500)
        nodes = deployment.api().items("/api/v1/nodes")
        assert len(nodes) == 4
        assert deployment.api().get("/apis/apps/v1/namespaces/app/deployments/pgbouncer") is not None

    def test_down(self, deployment):
        """At the peak: nine fast pods, seven slow ones and eight web pods."""
        move(deployment, 1)
        assert len(deployment.api().items("/api/v1/nodes")) == 1


class TestNotRecorded:
    """An update that was killed after the API server took a bound, and before the engine wrote it down."""

    @pytest.fixture(scope="class")
    def deployment(self):
        made = Deployment(f"not-recorded-{os.getpid()}", "hetzner")
        made.configure(stage=1, rollout_minutes=3)
        made.up()
        move(made, 5)
        yield made
        made.close()

    def test_the_next_move_goes_by_what_the_cluster_has(self, deployment):
        """Recorded is stage 5's quota, which falls to stage 4's; there is stage 1's, which rises."""
        quota = "namespaces-quota-requests-cpu"
        deployment.lab.faults.add(Fault(operation="update", match=f"::{quota}", after=True, message="killed"))
        deployment.configure(stage=1)
        done = deployment.pulumi("up", "--yes", "--skip-preview", "--suppress-outputs")
        assert done.returncode != 0
        assert "killed" in done.stdout, done.stdout[-3000:]
        assert deployment.api().get(f"{QUOTAS}/quota-requests-cpu")["spec"]["hard"] == {"requests.cpu": "2150m"}
        move(deployment, 4, busy=False)


def test_the_tour_has_every_pair_once():
    assert sorted(MOVES) == sorted(itertools.permutations(STAGES, 2))
