"""Who gives way when there is no room."""

from tests.graphs import pods, run

TYPE = "kubernetes:scheduling.k8s.io/v1:PriorityClass"


class TestPriorityClasses:
    def test_data_before_the_app(self):
        """A database that comes back on a full node pushes a web pod away, never the other way round."""
        made = run(1)
        data, app = (made.inputs(f"priorities-stagecoach-{name}") for name in ("data", "app"))
        assert (data["value"], app["value"]) == (1_000_000, 100_000)
        assert data["preemptionPolicy"] == "PreemptLowerPriority"

    def test_workers_give_way_first(self):
        """A web pod that finds no room would stop an update; tasks go back to their queue."""
        made = run(5)
        names = ("data", "app", "worker", "pool")
        values = [made.inputs(f"priorities-stagecoach-{name}")["value"] for name in names]
        assert values == sorted(values, reverse=True)
        assert len(set(values)) == len(names)
        classes = {name: pod["priorityClassName"] for name, pod in pods(made).items()}
        assert classes["celery-worker-deployment"] == "stagecoach-worker"
        assert classes["celery-worker-slow-deployment"] == "stagecoach-pool"
        assert classes["django-deployment"] == classes["celery-beat-deployment"] == "stagecoach-app"

    def test_below_the_systems_own(self):
        """system-cluster-critical is 2,000,000,000: coredns and traefik stay."""
        values = [run(1).inputs(name)["value"] for name in run(1).of_type(TYPE)]
        assert max(values) < 2_000_000_000
        assert min(values) > 0  # anything without a class gives way to the shop

    def test_none_is_the_default(self):
        """Somebody's own pod must not rank with the shop."""
        made = run(1)
        for name in made.of_type(TYPE):
            assert not made.inputs(name).get("globalDefault")
