"""PgBouncer as its manifests say it; tests/components/test_pgbouncer_server.py runs it."""

import configparser

import pytest

from infra.components.pgbouncer import render_config
from pod import load
from tests.graphs import BUILT, container, environment, pods, run, waits_for
from tests.plans import stage_plan

NAME = "pgbouncer-deployment"
# 4 x 2 x 16 threads and 3 x 4 children are more than the 80 connections of a server with 8 GB.
POOLED = {"overrides": {"django": {"threads": 16}}}


@pytest.fixture(scope="module")
def made():
    return run(2, **POOLED)


@pytest.fixture(scope="module")
def config():
    parser = configparser.ConfigParser()
    parser.read_string(render_config(stage_plan(5, celery_servers=2).pgbouncer))
    return parser


class TestConfig:
    def test_transaction_pooling_by_the_plan(self, config):
        """43 connections for the app: two pools beside each other, while it rolls, leave Postgres its other 14."""
        made = config["pgbouncer"]
        assert made["pool_mode"] == "transaction"
        assert (made["default_pool_size"], made["max_db_connections"], made["max_client_conn"]) == ("43", "43", "248")

    def test_passwords_go_by_scram(self, config):
        assert config["pgbouncer"]["auth_type"] == "scram-sha-256"

    def test_nothing_is_written(self, config):
        """The root file system is read-only: no socket, no log file, no pid file."""
        assert config["pgbouncer"]["unix_socket_dir"] == ""
        assert {"logfile", "pidfile"} & set(config["pgbouncer"]) == set()

    def test_names_postgres_in_full(self, config):
        """Resolvers without a search list find it, too."""
        host = "host=postgres.app.svc.cluster.local port=5432 dbname=app"
        assert dict(config["databases"]) == {"app": host}


class TestPod:
    def test_needs_nothing_of_the_images_entrypoint(self, made):
        one = container(made, NAME)
        assert one["command"] == ["pgbouncer", "/config/pgbouncer.ini"]
        assert "env" not in one

    def test_reaches_postgres_before_it_listens(self, made):
        """A pooler that is refused, as every new pod is for a moment, hands the refusal to its clients."""
        (first,) = pods(made)[NAME]["initContainers"]
        assert first["image"] == container(made, "postgres-stateful-set")["image"]
        assert first["command"] == ["/bin/sh", "-c", load("await_postgres.sh")]
        assert environment(first) == {
            "PGHOST": "postgres",
            "PGUSER": "app",
            "PGDATABASE": "app",
            "AWAIT_SECONDS": "60",
        }
        assert first["resources"] == container(made, NAME)["resources"], "no room of its own: one runs after the other"

    def test_the_password_is_in_a_secret_only(self, made):
        """Config and users lie in one autonamed Secret: a change rolls exactly this Deployment."""
        assert made.inputs("pgbouncer-config")["stringData"]["userlist.txt"] == '"app" "generated-password"\n'
        assert "name" not in made.inputs("pgbouncer-config")["metadata"]
        (volume,) = pods(made)[NAME]["volumes"]
        assert volume["secret"]["secretName"] == "pgbouncer-config-autonamed"
        assert "generated-password" not in str(made.inputs(NAME))

    def test_rolls_without_a_gap(self, made):
        """The new one listens before the old one leaves; that one keeps its clients until they have moved."""
        spec = made.inputs(NAME)["spec"]
        assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
        assert pods(made)[NAME]["terminationGracePeriodSeconds"] == 120
        assert container(made, NAME)["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}

    def test_is_evicted_last(self, made):
        """Without it the app has no database."""
        assert pods(made)[NAME]["priorityClassName"] == "stagecoach-data"


class TestUse:
    def test_the_app_goes_through_it(self, made):
        url = made.inputs("app-environment-variables")["stringData"]["DATABASE_URL"]
        assert url == "postgres://app:generated-password@pgbouncer:5432/app"

    def test_the_migration_goes_past_it(self, made):
        """Transaction pooling keeps no lock and no setting of a session."""
        assert environment(container(made, "migrate-job")) == {
            "DATABASE_URL": ("app-environment-direct-autonamed", "DATABASE_URL"),
        }
        url = made.inputs("app-environment-direct")["stringData"]["DATABASE_URL"]
        assert url == "postgres://app:generated-password@postgres:5432/app"

    def test_so_does_what_the_app_calls_the_database(self):
        """Else it would migrate through the pooler under its own name."""
        made = run(2, app={"aliases": {"DB_HOST": "DATABASE_URL.host", "REDIS_URL": "CACHE_URL"}}, **POOLED)
        assert environment(container(made, "migrate-job"))["DB_HOST"] == ("app-environment-direct-autonamed", "DB_HOST")
        assert made.inputs("app-environment-direct")["stringData"]["DB_HOST"] == "postgres"
        assert made.inputs("app-environment-variables")["stringData"]["DB_HOST"] == "pgbouncer"
        assert "REDIS_URL" not in made.inputs("app-environment-direct")["stringData"]

    def test_backup_and_exporter_go_past_it(self, made):
        """A dump is one long session."""
        assert environment(container(made, "postgres-backup-cron-job"))["PGHOST"] == "postgres"
        exporter = environment(container(made, "postgres-stateful-set", 1))
        assert exporter["DATA_SOURCE_URI"].startswith("127.0.0.1:5432/")

    def test_stands_before_the_app_is_told(self, made):
        for name in ("migrate-job", "django-deployment", "celery-worker-deployment"):
            assert NAME in waits_for(made, name)

    @pytest.mark.parametrize(("stage", "provider"), BUILT)
    def test_only_where_the_budget_asks_for_it(self, stage, provider):
        """No shipped stage does; then nothing of it is registered."""
        names = run(stage, provider).requests
        assert [name for name in names if name.startswith("pgbouncer") or name.endswith("-direct")] == []
