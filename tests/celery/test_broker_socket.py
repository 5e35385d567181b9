"""A worker's read for which no answer comes: its event loop was woken by something else."""

import shutil
import subprocess
import time

import pytest
import redis
from kombu import Connection

from infra.components.app_environment import render_settings
from tests.plans import stage_plan
from tests.servers import free_port
from tests.waiting import wait

pytestmark = pytest.mark.redis


@pytest.fixture
def broker(tmp_path):
    """A Redis; its address."""
    program = shutil.which("redis-server")
    assert program, "redis-server is missing: make programs"
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        wait(redis.Redis(port=port).ping, "redis", away=redis.exceptions.ConnectionError)
        yield f"redis://127.0.0.1:{port}/0"
        child.kill()


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
        assert time.monotonic() - began < 2 * options["socket_timeout"]
        channel.queue_purge("nothing")  # and the next command finds a connection
