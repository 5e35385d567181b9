"""Waiting for a Celery server's node, on the server."""

import pytest

from infra.scripts import load
from tests.servers.stub_server import StubServer

READY = 'if [ "$2" = get ]; then echo "shop-celery-1 Ready <none> 5s"; fi'


@pytest.fixture
def server(tmp_path):
    made = StubServer(tmp_path)
    made.stub("sleep")
    return made


def run(server):
    return server.run(load("k3s_agent_joined.sh"), NODE="shop-celery-1")


def test_a_ready_node_is_opened(server):
    """A removal that was cut off has closed it."""
    server.stub("k3s", READY)
    assert run(server).returncode == 0
    assert server.calls == ["k3s kubectl get node shop-celery-1", "k3s kubectl uncordon shop-celery-1"]


@pytest.mark.parametrize("answer", ["echo 'shop-celery-1 NotReady <none> 5s'", "exit 1"])
def test_one_that_never_is_ready_is_an_error(server, answer):
    server.stub("k3s", answer)
    done = run(server)
    assert done.returncode == 1
    assert "node shop-celery-1 did not become ready" in done.stderr
    assert server.calls.count("sleep 2") == 120
