"""What an update changes, with the exact figures."""

from decimal import Decimal

import pytest

from infra.errors import ConfigError
from infra.planner.plan_for import plan_for
from infra.prices.month import month_price
from infra.updates.changes.compare import compare
from infra.updates.changes.stack_diff import Irreversible
from tests.updates.changes.configs import config


def changes(diff):
    return {one.path: (one.before, one.after) for one in diff.changes}


def restarts(diff):
    return [one.name for one in diff.restarts]


class TestUpwards:
    @pytest.fixture
    def diff(self):
        return compare(config(1), config(2))

    def test_the_server_is_resized_in_place(self, diff):
        server = diff.server
        assert (server.before, server.after, server.becomes) == ("cx23", "cx33", "cx33")
        assert server.in_place
        assert server.possible

    def test_amounts(self, diff):
        found = changes(diff)
        assert found["stage"] == ("1", "2")
        assert found["workers.celery-worker.containers.worker.limits.memory"] == ("768Mi", "1024Mi")
        assert found["workers.celery-worker.replicas.max"] == ("1", "3")
        assert found["postgres.settings.shared_buffers"] == ("128MB", "256MB")
        assert found["redis_broker.maxmemory"] == ("76Mi", "153Mi")
        assert found["nodes.server.allocatable.memory"] == ("2638.8Mi", "6277.6Mi")

    def test_cost(self, diff):
        """The whole month, by hand: 40 and 60 GB x 0.0572 are 2.29 and 3.43, an address is 0.50."""
        cost = diff.cost
        assert (cost.before.total, cost.after.total) == (Decimal("8.28"), Decimal("12.42"))
        assert (cost.delta, cost.currency) == (Decimal("4.14"), "EUR")
        assert cost.items == ("server 5.49 to 8.49 (+3.00)", "volume 2.29 to 3.43 (+1.14)", "addresses 0.50")

    def test_cost_is_the_bill_of_prices(self, diff):
        assert diff.cost.before == month_price(plan_for(config(1)))
        assert diff.cost.after == month_price(plan_for(config(2)))

    def test_the_volume_never_shrinks(self, diff):
        why = "a volume never shrinks"
        assert diff.irreversible == (Irreversible(path="volume_size_gib", before="40", after="60", why=why),)

    def test_everything_on_the_server_restarts(self, diff):
        assert restarts(diff)[0] == "server"
        assert {"postgres", "redis-broker", "django", "coredns", "node-exporter"} <= set(restarts(diff))
        postgres = next(one for one in diff.restarts if one.name == "postgres")
        assert postgres.why == ("the server is resized", "requests and limits", "settings", "shared memory")

    def test_nothing_is_assumed_or_refused(self, diff):
        assert (diff.assumptions, diff.refused) == ((), ())


class TestSameServer:
    def test_stage_2_to_3_restarts_nothing(self):
        """Only the planned counts and the volume differ."""
        diff = compare(config(2), config(3))
        assert restarts(diff) == []
        assert changes(diff) == {
            "stage": ("2", "3"),
            "volume_size_gib": ("60", "80"),
            "workers.celery-worker.replicas.planned": ("1", "2"),
            "postgres.storage": ("30720Mi", "40960Mi"),
            "postgres.backup_storage": ("15360Mi", "20480Mi"),
        }

    def test_no_change(self):
        diff = compare(config(3), config(3))
        assert (diff.changes, diff.restarts, diff.irreversible) == ((), (), ())
        assert diff.cost.delta == 0


class TestDownwards:
    def test_hetzner_shrinks_and_says_what_it_assumes(self):
        diff = compare(config(2), config(1))
        assert (diff.server.after, diff.server.possible) == ("cx23", True)
        assert diff.assumptions[0].startswith("the server's root disk has at most 40 GB")
        assert diff.irreversible == ()

    def test_a_larger_root_disk_can_not(self):
        """A server that was built as a cx33 has 80 GB, and a cx23 only 40: it stays."""
        diff = compare(config(2), config(1), root_disk_gb=80)
        assert (diff.server.after, diff.server.becomes, diff.server.possible) == ("cx23", "cx33", False)
        assert "smaller than the server's root disk of 80 GB" in diff.server.reason
        assert diff.cost.delta == 0
        assert diff.refused == ()

    def test_the_volume_keeps_its_size(self):
        assert "volume_size_gib" not in changes(compare(config(2), config(1)))

    def test_vultr_does_not_shrink(self):
        diff = compare(config(3, "vultr"), config(1, "vultr"))
        assert (diff.server.before, diff.server.after, diff.server.becomes) == (
            "vc2-4c-8gb",
            "vc2-2c-4gb",
            "vc2-4c-8gb",
        )
        assert not diff.server.possible
        assert diff.server.reason == "vultr does not make a server smaller"
        assert "server" not in restarts(diff)

    def test_vultr_cannot_take_a_resize_back(self):
        paths = [one.path for one in compare(config(1, "vultr"), config(2, "vultr")).irreversible]
        assert paths == ["volume_size_gib", "nodes.server.instance_type"]


class TestRefused:
    def test_another_region_would_replace_the_server(self):
        diff = compare(config(1), config(1, region="fsn1"))
        assert not diff.server.in_place
        assert not diff.server.possible
        [reason] = diff.refused
        assert reason.startswith("stagecoach:region = fsn1: nbg1, where this stack's server stands: another one would")

    def test_a_smaller_volume(self):
        """What a person wrote is taken at its word."""
        diff = compare(config(2), config(2, volume_size_gib=50))
        assert diff.refused[0].startswith("stagecoach:volume_size_gib = 50: at least 60, ")

    @pytest.mark.parametrize(
        ("before", "after", "says"),
        [
            ([1], [2], "[2]: key 2 may not log in yet (the update before wrote [1])"),
            ([1, 2], [2], "[2]: key 1 is the one in use until an update has logged in with key 2"),
        ],
    )
    def test_a_deploy_key_that_no_server_has_yet(self, before, after, says):
        """As the update itself would say it, with a pull request before."""
        diff = compare(config(1, deploy_keys=before), config(1, deploy_keys=after))
        assert diff.refused[0].startswith(f"stagecoach:deploy_keys = {says}")
        assert diff.events == ()

    @pytest.mark.parametrize(("before", "after"), [([1], [1, 2]), ([1, 2], [2, 1]), ([2, 1], [2]), ([2, 1], [1, 2])])
    def test_a_deploy_keys_next_step(self, before, after):
        assert compare(config(1, deploy_keys=before), config(1, deploy_keys=after)).refused == ()

    def test_another_provider_has_no_price_difference(self):
        cost = compare(config(1), config(1, "vultr")).cost
        assert (cost.currency, cost.delta, cost.items) == ("USD", None, ())

    def test_a_pin_that_cannot_be_reached(self):
        diff = compare(config(2, "vultr"), config(1, "vultr", instance_type="vc2-2c-4gb"))
        assert not diff.server.possible
        assert diff.refused[0].startswith("stagecoach:instance_type = vc2-2c-4gb: ")

    def test_a_plan_that_does_not_fit(self):
        diff = compare(config(2), config(2, instance_type="cx23"))
        assert diff.refused[0].startswith("does not fit: cx23: ")

    def test_a_config_that_cannot_be_planned(self):
        with pytest.raises(ConfigError, match=r"overrides\.pools\.nosuch"):
            compare(config(1), config(1, overrides={"pools": {"nosuch": {"concurrency": 2}}}))


class TestConfig:
    def test_values_that_do_not_pass_through_the_plan(self):
        diff = compare(config(1), config(1, image="registry.example/shop:2", env={"A": "1"}))
        assert changes(diff) == {
            "stagecoach:image": ("registry.example/shop:1", "registry.example/shop:2"),
            "stagecoach:env.A": (None, "1"),
        }
        assert restarts(diff) == ["django", "celery-worker", "celery-beat", "queue-exporter"]
        assert diff.restarts[0].why == ("stagecoach:image", "stagecoach:env")

    def test_celery_servers(self):
        """They appear as a node; the workers move there."""
        diff = compare(config(4), config(4, celery_servers={"count": 2}))
        assert changes(diff)["nodes.celery.count"] == (None, "2")
        assert changes(diff)["workers.celery-worker.node_role"] == ("server", "celery")
        assert diff.cost.delta == Decimal("17.98")  # two servers of 8.49, two addresses of 0.50
        worker = next(one for one in diff.restarts if one.name == "celery-worker")
        assert "node" in worker.why


class TestCeleryServers:
    def test_a_larger_type_stops_the_workers(self):
        """The shop itself goes on."""
        diff = compare(config(5), config(5, celery_servers={"instance_type": "cx43"}))
        assert restarts(diff)[0] == "Celery servers"
        why = {one.name: one.why[0] for one in diff.restarts}
        assert why["Celery servers"] == "resized from cx33 to cx43: powered off and on"
        assert why["celery-worker"] == why["celery-worker-slow"] == "the Celery servers are resized"
        assert "django" not in why or "resized" not in why["django"]

    def test_one_more_restarts_no_server(self):
        """Its connections ask for PgBouncer: the app's pods read another URL."""
        diff = compare(config(5), config(5, celery_servers={"count": 2}))
        assert "Celery servers" not in restarts(diff)
        assert [one.why for one in diff.restarts if one.name == "django"] == [("DATABASE_URL",)]
        assert diff.cost.delta == Decimal("8.99")  # with its address

    def test_running_ones_keep_their_type(self):
        """As the program does: a pin that is taken out makes no server smaller."""
        diff = compare(config(5, celery_servers={"instance_type": "cx43"}), config(5))
        assert "nodes.celery.instance_type" not in changes(diff)
