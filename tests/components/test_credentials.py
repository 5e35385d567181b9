"""Generated secrets."""

from tests.graphs import BUILT, run

SECRETS = (
    "postgres",
    "postgres-exporter",
    "postgres-backup",
    "redis-broker",
    "redis-cache",
    "redis-broker-exporter",
    "redis-broker-admin",
    "redis-cache-exporter",
    "redis-cache-admin",
    "django",
    "grafana",
)
NAMES = tuple(f"credentials-{name}" for name in SECRETS)


class TestCredentials:
    def test_stand_in_urls(self):
        """40 letters and digits: nothing to escape."""
        assert [run(1).inputs(name) for name in NAMES] == [{"length": 40, "special": False}] * len(NAMES)

    def test_never_change(self):
        """A new password would lock the app out of the database that has the old one."""
        assert [name for name in NAMES if not run(1).requests[name].protect] == []
        for stage, provider in BUILT:
            assert [run(stage, provider).inputs(name) for name in NAMES] == [run(1).inputs(name) for name in NAMES]

    def test_are_distinct(self):
        """Who reads the cache's password must not reach the queue."""
        assert len(run(1).of_type("random:index/randomPassword:RandomPassword")) == len(NAMES) + 2  # k3s's tokens
