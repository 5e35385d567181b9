"""The connection budget, and PgBouncer where it is too small."""

from infra.planner.plan_for import plan_for
from infra.sizing.connections import size_pgbouncer
from tests.plans import stage_plan
from tests.updates.changes.configs import config


def check(plan):
    return next(one for one in plan.checks if one.name == "connections")


class TestBudget:
    def test_stage_5_with_one_celery_server_needs_no_pooler(self):
        """7 x 8 threads + 3 x 8 + 3 x 2 children + 14 others: exactly what Postgres takes."""
        plan = stage_plan(5)
        assert plan.pgbouncer is None
        assert check(plan).reason == "100 connections at every maximum, 100 in Postgres: directly"

    def test_two_celery_servers_ask_for_it(self):
        """6 x 8 children instead of 3 x 8."""
        plan = stage_plan(5, celery_servers=2)
        assert (plan.pgbouncer.default_pool_size, plan.pgbouncer.max_client_conn) == (43, 248)
        assert check(plan).reason == (
            "124 connections at every maximum, 100 in Postgres: through PgBouncer, 43 at once, 100 while it rolls"
        )


class TestAsgi:
    def test_websockets_of_a_process_share_one_more(self):
        """Stage 1: two pods and the surge, each one process with four slots."""
        wsgi, asgi = (plan_for(config(1, app=app)) for app in ({}, {"asgi": "shop.asgi"}))
        replicas = wsgi.django.workload.replicas
        more = (replicas.max + replicas.surge) * wsgi.django.processes
        before, after = (int(check(plan).reason.partition(" ")[0]) for plan in (wsgi, asgi))
        assert after - before == more > 0

    def test_stage_5_asks_for_the_pooler(self):
        """Its budget is used to the last connection under WSGI."""
        plan = plan_for(config(5, app={"asgi": "shop.asgi"}))
        assert plan.pgbouncer is not None
        assert check(plan).ok


class TestPgBouncer:
    def test_two_at_once_leave_room_for_what_bypasses_them(self):
        """While it rolls there are two pools; backup, exporter and superuser keep their 14."""
        for given in (40, 80, 100):
            assert 2 * size_pgbouncer(given + 1, given).default_pool_size + 14 <= given

    def test_rolls_without_a_gap(self):
        """The app has no other way to its database."""
        replicas = size_pgbouncer(124, 100).workload.replicas
        assert (replicas.planned, replicas.max, replicas.surge) == (1, 1, 1)
