"""A real PgBouncer takes the rendered config and shares Postgres' connections."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import psycopg
import pytest

from infra.components.postgres import DATABASE
from tests.plans import stage_plan
from tests.servers.pgbouncer_server import PASSWORD, pgbouncer_server
from tests.servers.postgres_server import postgres_server
from tests.waiting import patience, wait

pytestmark = pytest.mark.postgres

PLAN = stage_plan(5, celery_servers=2)


def backend(connection):
    """The process in Postgres that serves this client now."""
    return connection.execute("select pg_backend_pid()").fetchone()[0]


@pytest.fixture(scope="module")
def postgres():
    with postgres_server(PLAN.postgres, password=PASSWORD) as server:
        server.sql(f"create database {DATABASE}")
        yield server


@pytest.fixture(scope="module")
def pooler(postgres):
    with pgbouncer_server(PLAN.pgbouncer, postgres.port) as server:
        yield server


class TestLogin:
    def test_by_scram_on_both_sides(self, postgres, pooler):
        """Postgres stores and asks for nothing else."""
        assert postgres.sql("select left(rolpassword, 13) from pg_authid where rolname = 'app'") == "SCRAM-SHA-256"
        asked = "select distinct auth_method from pg_hba_file_rules where type = 'host'"
        assert postgres.sql(asked) == "scram-sha-256"
        with pooler.connect() as client:
            assert client.execute("select current_user, current_database()").fetchone() == ("app", "app")

    def test_a_wrong_password_is_refused(self, pooler):
        with pytest.raises(psycopg.OperationalError, match=r"(?i)authentication failed"):
            pooler.connect("wrong")

    def test_the_console_is_closed_to_the_app(self, pooler):
        """PgBouncer's own database could stop it."""
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(
                host="127.0.0.1", port=pooler.port, user="app", password=PASSWORD, dbname="pgbouncer", connect_timeout=5
            )


class TestTransactionPooling:
    def test_two_transactions_share_a_server_connection(self, pooler):
        """Both clients stay connected; Postgres sees one of them at a time."""
        with pooler.connect() as one, pooler.connect() as other:
            first = backend(one)
            one.commit()
            second = backend(other)
            other.commit()
            assert first == second
            assert backend(one) == first

    def test_open_transactions_have_their_own(self, pooler):
        with pooler.connect() as one, pooler.connect() as other:
            assert backend(one) != backend(other)

    def test_no_more_connections_than_the_pool(self, postgres):
        """With a pool of two the third transaction gets a connection that another one has left."""
        small = replace(PLAN.pgbouncer, default_pool_size=2)
        with (
            pgbouncer_server(small, postgres.port) as server,
            ExitStack() as clients,
            ThreadPoolExecutor(max_workers=1) as waiting,
        ):
            one, other, third = (clients.enter_context(server.connect()) for _ in range(3))
            pids = {backend(one), backend(other)}
            answer = waiting.submit(backend, third)
            one.commit()
            assert answer.result(timeout=patience(20)) in pids
            assert len(pids) == 2


class TestClients:
    def test_one_more_than_max_client_conn_is_refused(self, postgres):
        few = replace(PLAN.pgbouncer, max_client_conn=3)
        with pgbouncer_server(few, postgres.port) as server, ExitStack() as clients:
            for _ in range(3):
                clients.enter_context(server.connect())
            with pytest.raises(psycopg.OperationalError, match="no more connections allowed"):
                server.connect()

    def test_the_planned_number_is_taken(self, postgres, pooler):
        """Every thread and child at its maximum, connected at once, over the planned pool."""
        with ExitStack() as clients:
            connected = [clients.enter_context(pooler.connect()) for _ in range(124)]
            for client in connected:
                client.execute("select 1")
                client.commit()
            served = "select count(*) from pg_stat_activity where datname = 'app'"
            assert 1 <= int(postgres.sql(served)) <= PLAN.pgbouncer.default_pool_size


class TestPostgresRestarts:
    def test_the_next_transaction_works(self, postgres, pooler):
        """As after a resize of the server: nothing has to be restarted by hand."""
        with pooler.connect() as client:
            backend(client)
            client.commit()
            postgres.restart()

            def served():
                with pooler.connect() as again:
                    return backend(again)

            wait(served, "a transaction", away=psycopg.OperationalError)
