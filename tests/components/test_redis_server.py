"""A real Redis accepts the rendered redis.conf and keeps what it promises."""

import shutil
import socket
import subprocess
import time
from collections import deque

import pytest
import redis

from infra.components.redis import render_config
from tests.plans import stage_plan

pytestmark = pytest.mark.redis


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One redis-server on a folder; `kill` is a crash."""

    def __init__(self, plan, folder):
        folder.mkdir(exist_ok=True)
        self.config, self.port = folder / "redis.conf", free_port()
        self.config.write_text(render_config(plan, "secret").replace("dir /data", f"dir {folder}"))
        self.start()

    def start(self):
        program = shutil.which("redis-server")
        assert program, "redis-server is missing: make programs"
        command = [program, str(self.config), "--port", str(self.port), "--bind", "127.0.0.1"]
        self.child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        self.client = redis.Redis(port=self.port, password="secret")
        deadline = time.monotonic() + 30
        while not self.answers():
            assert time.monotonic() < deadline, "redis: not within 30 s"
            time.sleep(0.1)

    def answers(self):
        try:
            return self.client.ping()
        except redis.exceptions.ConnectionError:
            return False

    def kill(self):
        self.child.kill()
        self.child.wait(timeout=10)


@pytest.fixture(params=[1, 2, 4], ids=lambda stage: f"stage{stage}")
def plan(request):
    return stage_plan(request.param)


@pytest.fixture
def broker(plan, tmp_path):
    server = Server(plan.redis_broker, tmp_path / "broker")
    yield server
    server.kill()


@pytest.fixture
def cache(plan, tmp_path):
    server = Server(plan.redis_cache, tmp_path / "cache")
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
