"""Who gives way when there is no room."""

from tests.graphs import run

TYPE = "kubernetes:scheduling.k8s.io/v1:PriorityClass"


class TestPriorityClasses:
    def test_data_before_the_app(self):
        """A database that comes back on a full node pushes a web pod away, never the other way round."""
        made = run(1)
        data, app = (made.inputs(f"priorities-stagecoach-{name}") for name in ("data", "app"))
        assert (data["value"], app["value"]) == (1_000_000, 100_000)
        assert data["preemptionPolicy"] == "PreemptLowerPriority"

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
