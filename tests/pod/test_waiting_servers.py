"""Real servers answer the scripts that wait: with a wrong password, too, and without a word in their logs."""

import os
import subprocess
import sys

import pytest

from infra.components.postgres import DATABASE
from pod import FOLDER
from tests.plans import stage_plan
from tests.servers.pgbouncer_server import PASSWORD, pgbouncer_server
from tests.servers.postgres_server import postgres_server
from tests.servers.redis_server import RedisServer
from tests.waiting import patience

PLAN = stage_plan(5, celery_servers=2)
LONG = "100"  # seconds: a test that waits so long has found a fault


@pytest.fixture(scope="module")
def postgres():
    with postgres_server(PLAN.postgres, password=PASSWORD) as server:
        server.sql(f"create database {DATABASE}")
        yield server


def start(**urls):
    """The script with a command that ends at once; its errors."""
    script = str(FOLDER / "stagecoach_celery/stagecoach_wait.py")
    command = [sys.executable, script, LONG, "echo", "started"]
    environment = {"PATH": os.environ["PATH"], **urls}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=patience(30))
    assert done.stdout == "started\n"
    return done.stderr


@pytest.mark.postgres
class TestPostgres:
    def test_asks_for_the_password_and_that_is_enough(self, postgres):
        log = postgres.folder / "log"
        before = log.read_text()
        assert start(DATABASE_URL=f"postgres://app:wrong@127.0.0.1:{postgres.port}/{DATABASE}") == ""
        assert log.read_text() == before, "every start of a pod would leave a line"

    def test_pgbouncer_as_well(self, postgres):
        with pgbouncer_server(PLAN.pgbouncer, postgres.port) as pooler:
            assert start(DATABASE_URL=f"postgres://app:wrong@127.0.0.1:{pooler.port}/{DATABASE}") == ""

    def test_a_backup_with_a_wrong_password_fails_at_once(self, postgres, tmp_path):
        """In the server's own words."""
        done = postgres.backup(tmp_path, DATABASE, PGPASSWORD="wrong", AWAIT_SECONDS=LONG)
        assert done.returncode != 0
        assert 'password authentication failed for user "app"' in done.stderr
        assert "did not answer" not in done.stderr
        assert list(tmp_path.iterdir()) == []


@pytest.mark.redis
def test_redis_wants_a_password_and_that_is_enough(tmp_path):
    server = RedisServer(PLAN.redis_broker, tmp_path)
    try:
        assert start(CELERY_BROKER_URL=f"redis://:wrong@127.0.0.1:{server.port}/0") == ""
    finally:
        server.kill()
