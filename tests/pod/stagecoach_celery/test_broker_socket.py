"""A worker's read for which no answer comes: its event loop was woken by something else."""

import time

import pytest
import redis
from kombu import Connection

from infra.components.app_environment import render_settings
from tests.plans import stage_plan
from tests.servers.redis_server import PASSWORD, RedisServer
from tests.waiting import patience

pytestmark = pytest.mark.redis


@pytest.fixture
def broker(tmp_path):
    """A Redis with the stack's configuration; its address."""
    server = RedisServer(stage_plan(1).redis_broker, tmp_path / "broker")
    yield f"redis://:{PASSWORD}@127.0.0.1:{server.port}/0"
    server.kill()


def test_ends_as_a_lost_connection(broker):
    """After which the consumer connects again; without the plan's setting it would wait for ever."""
    options = render_settings(stage_plan(1).workers[0])["broker_transport_options"]
    assert options["socket_timeout"]
    options = {**options, "socket_timeout": 2}  # as the plan's, and nobody waits for that here
    with Connection(broker, transport_options=options) as connection:
        channel = connection.channel()
        client = channel.client
        client.connection = client.connection_pool.get_connection()
        began = time.monotonic()
        with pytest.raises(channel.connection_errors) as caught:
            channel._brpop_read()  # as the event loop calls it, but nothing was asked
        assert isinstance(caught.value, redis.exceptions.TimeoutError)
        assert time.monotonic() - began < patience(2 * options["socket_timeout"])
        channel.queue_purge("nothing")  # and the next command finds a connection
