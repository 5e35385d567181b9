"""The shop's surroundings: Postgres and Redis as stage 1 plans them, and the variables of its pods."""

import os

import pytest

from tests.plans import stage_plan
from tests.servers.postgres_server import postgres_server
from tests.servers.redis_server import PASSWORD, RedisServer


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory):
    """The environment that the stack gives to the pods, and the broker."""
    plan, folder = stage_plan(1), tmp_path_factory.mktemp("shop")
    broker, cache = RedisServer(plan.redis_broker, folder / "broker"), RedisServer(plan.redis_cache, folder / "cache")
    with postgres_server(plan.postgres) as postgres:
        assert postgres.sql("create database app") == "CREATE DATABASE"
        yield (
            {
                **os.environ,
                "DATABASE_URL": f"postgres://app@127.0.0.1:{postgres.port}/app",
                "CACHE_URL": f"redis://:{PASSWORD}@127.0.0.1:{cache.port}/0",
                "CELERY_BROKER_URL": f"redis://:{PASSWORD}@127.0.0.1:{broker.port}/0",
                "CELERY_RESULT_BACKEND": f"redis://:{PASSWORD}@127.0.0.1:{broker.port}/1",
                "DJANGO_SECRET_KEY": "for tests",
                "EMAIL_URL": f"filemail:///{folder / 'mails'}",  # one slash ends the host, the next starts the path
            },
            postgres,
            folder,
        )
    for server in (broker, cache):
        server.kill()
