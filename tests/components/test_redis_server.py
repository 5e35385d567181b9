"""A real Redis accepts the rendered redis.conf and keeps what it promises."""

from collections import deque

import pytest
import redis

from tests.plans import stage_plan
from tests.servers.redis_server import RedisServer

pytestmark = pytest.mark.redis


@pytest.fixture(params=[1, 2, 4], ids=lambda stage: f"stage{stage}")
def plan(request):
    return stage_plan(request.param)


@pytest.fixture
def broker(plan, tmp_path):
    server = RedisServer(plan.redis_broker, tmp_path / "broker")
    yield server
    server.kill()


@pytest.fixture
def cache(plan, tmp_path):
    server = RedisServer(plan.redis_cache, tmp_path / "cache")
    yield server
    server.kill()


class TestBroker:
    def test_settings_are_in_force(self, plan, broker):
        """As much memory as planned, nothing evicted, every write on disk."""
        wanted = {
            "maxmemory": str(plan.redis_broker.maxmemory.bytes),
            "maxmemory-policy": "noeviction",
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
        }
        assert {name: broker.client.config_get(name)[name] for name in wanted} == wanted

    def test_no_password_no_access(self, broker):
        with pytest.raises(redis.exceptions.AuthenticationError):
            redis.Redis(port=broker.port).ping()

    def test_an_accepted_task_survives_a_crash(self, broker):
        broker.client.lpush("celery", "task")
        broker.kill()
        broker.start()
        assert broker.client.lrange("celery", 0, -1) == [b"task"]

    def test_a_full_broker_refuses_instead_of_forgetting(self, plan, broker):
        """The sender hears of it; what is queued stays."""
        broker.client.config_set("maxmemory", 4 * 2**20)
        broker.client.lpush("celery", "first")
        tasks = ["x" * 100_000] * 100
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            deque((broker.client.lpush("celery", task) for task in tasks), maxlen=0)
        assert broker.client.lindex("celery", -1) == b"first"


class TestCache:
    def test_settings_are_in_force(self, plan, cache):
        wanted = {
            "maxmemory": str(plan.redis_cache.maxmemory.bytes),
            "maxmemory-policy": "allkeys-lru",
            "appendonly": "no",
            "save": "",
        }
        assert {name: cache.client.config_get(name)[name] for name in wanted} == wanted

    def test_a_full_cache_forgets_the_oldest(self, cache):
        cache.client.config_set("maxmemory", 4 * 2**20)
        for number in range(100):
            cache.client.set(f"page:{number}", "x" * 100_000)
        assert cache.client.get("page:99") is not None
        assert cache.client.dbsize() < 100
