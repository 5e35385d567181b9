"""A real Redis under the rendered users: the app works, and can't change, empty or stop its broker."""

import signal

import pytest
import redis
from kombu import Connection, Consumer, Queue

from infra.components.redis_users import RedisPasswords, render_users
from tests.plans import stage_plan
from tests.servers.redis_server import PASSWORD, PASSWORDS, RedisServer
from tests.waiting import patience

pytestmark = pytest.mark.redis

PLAN = stage_plan(1)
# Two are closed to everybody by a setting of Redis' own.
REFUSED = "no permissions to run|command not allowed"
FORBIDDEN = [
    *("config set appendonly no", "config get *", "config rewrite", "config resetstat", "flushall", "shutdown nosave"),
    *("debug sleep 0", "save", "bgsave", "bgrewriteaof", "replicaof 127.0.0.1 1", "failover", "monitor", "swapdb 0 1"),
    *("acl setuser another on nopass +@all", "acl list", "module load /tmp/x.so", "module list", "client list"),
    *("client kill type normal", "client pause 1", "slowlog get", "latency reset", "cluster reset", "sync"),
    *("migrate 127.0.0.1 1 key 0 1", "restore key 0 x", "lastsave", "role", "psync ? -1", "slaveof no one"),
    *("script debug sync", "script debug yes", "client no-evict on", "client unpause", "replconf ack 1"),
]


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    server = RedisServer(PLAN.redis_broker, tmp_path_factory.mktemp("broker"))
    yield server
    server.kill()


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    server = RedisServer(PLAN.redis_cache, tmp_path_factory.mktemp("cache"))
    yield server
    server.kill()


def exporter(server):
    return redis.Redis(port=server.port, username="exporter", password=PASSWORDS.exporter)


class TestApp:
    @pytest.mark.parametrize("command", [*FORBIDDEN, "flushdb"])
    def test_may_not(self, broker, command):
        with pytest.raises(redis.exceptions.ResponseError, match=REFUSED):
            broker.app.execute_command(*command.split())

    def test_not_by_a_script(self, broker):
        """Nor in a transaction: rights are those of the user that sends it."""
        for command in ("'config', 'set', 'appendonly', 'no'", "'flushall'", "'shutdown'"):
            with pytest.raises(
                redis.exceptions.ResponseError,
                match=r"can't run this command|not allowed from script|ACL failure in script",
            ):
                broker.app.eval(f"return redis.call({command})", 0)
        pipe = broker.app.pipeline()
        pipe.flushall()
        with pytest.raises(redis.exceptions.ResponseError, match=REFUSED):
            pipe.execute()

    def test_may_use_keys_channels_and_scripts(self, broker):
        app = broker.app
        with app.lock("a lock", timeout=patience(5)):
            assert app.keys("a *") == [b"a lock"]
        assert app.eval("return redis.call('incr', KEYS[1])", 1, "number") == 1
        assert app.pubsub().subscribe("news") is None
        assert app.info("memory")["maxmemory"] == PLAN.redis_broker.maxmemory.bytes
        app.client_setname("shop")

    @pytest.mark.parametrize("command", FORBIDDEN)
    def test_may_not_in_the_cache(self, cache, command):
        with pytest.raises(redis.exceptions.ResponseError, match=REFUSED):
            cache.app.execute_command(*command.split())

    def test_may_empty_its_cache(self, cache):
        """Django's cache.clear()."""
        cache.app.set("page", "x")
        assert cache.app.flushdb()
        assert cache.app.dbsize() == 0


class TestExporter:
    @pytest.mark.parametrize("command", ["info all", "config get *", "latency latest", "slowlog len", "ping"])
    def test_asks(self, broker, command):
        exporter(broker).execute_command(*command.split())

    def test_sees_no_password(self, broker):
        seen = str(exporter(broker).config_get("*"))
        assert [one for one in (PASSWORD, PASSWORDS.exporter, PASSWORDS.admin) if one in seen] == []

    @pytest.mark.parametrize("command", ["get key", "lrange celery 0 -1", "keys *", "set key x", "config set save x"])
    def test_reads_no_key(self, broker, command):
        with pytest.raises(redis.exceptions.NoPermissionError):
            exporter(broker).execute_command(*command.split())


def test_each_has_its_own_password():
    """The config has hashes only."""
    passwords = RedisPasswords(app="one", exporter="two", admin="three")
    lines = render_users(passwords, may_clear=False)
    hashes = [word for line in lines for word in line.split() if word.startswith("#")]
    assert len(set(hashes)) == 3
    assert {len(one) for one in hashes} == {65}


class TestUpdate:
    """From the release before, whose one password could do everything."""

    def as_before(self, broker, config):
        lines = [line for line in config.splitlines() if not line.startswith("user ")]
        broker.config.write_text("\n".join([f"requirepass {PASSWORD}", *lines]) + "\n")

    def restart(self, broker, number=signal.SIGTERM):
        broker.child.send_signal(number)
        broker.child.wait(timeout=patience(30))
        broker.start()

    def deliver(self, broker, expected, following):
        """With the pods' URL: takes the one message that is there, sends the next."""
        taken = []
        with Connection(f"redis://:{PASSWORD}@127.0.0.1:{broker.port}/0") as connection:
            queue = Queue("celery", channel=connection)
            queue.declare()
            if expected:
                with Consumer(connection, [queue], on_message=taken.append):
                    connection.drain_events(timeout=patience(10))
                assert [one.payload for one in taken] == [expected]
                taken[0].ack()
            connection.Producer(serializer="json").publish(following, routing_key="celery")
        assert broker.app.llen("celery") == 1

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
    def test_no_task_is_lost_and_nobody_locked_out(self, tmp_path, number):
        """There, back and there again: what is sent in each state is delivered in the next."""
        broker = RedisServer(PLAN.redis_broker, tmp_path / "broker")
        new, sent = broker.config.read_text(), ""
        try:
            for state in ("before", "new", "before", "new"):
                broker.config.write_text(new)
                if state == "before":
                    self.as_before(broker, new)
                self.restart(broker, number)
                self.deliver(broker, sent, f"after {sent}")
                sent = f"after {sent}"
            with pytest.raises(redis.exceptions.NoPermissionError):
                broker.app.config_set("appendonly", "no")
        finally:
            broker.kill()
