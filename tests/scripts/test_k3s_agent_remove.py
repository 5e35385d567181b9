"""Taking a Celery server out of the cluster, on the server."""

import pytest

from infra.scripts import load
from tests.servers.stub_server import StubServer

THERE = 'if [ "$2" = get ]; then echo node/shop-celery-1; fi'


@pytest.fixture
def server(tmp_path):
    return StubServer(tmp_path)


def run(server):
    return server.run(load("k3s_agent_remove.sh"), NODE="shop-celery-1")


def verbs(server):
    return [" ".join(call.split()[2:4]) if "--namespace" not in call else "delete secret" for call in server.calls]


def test_pods_move_before_the_node_goes(server):
    """Then its password, or a new server under the old name is refused."""
    server.stub("k3s", THERE)
    assert run(server).returncode == 0
    assert verbs(server) == ["get node", "drain shop-celery-1", "delete node", "delete secret"]
    assert "shop-celery-1.node-password.k3s --ignore-not-found" in server.calls[-1]


def test_a_node_that_is_gone_already(server):
    """A removal that was cut off is finished."""
    server.stub("k3s")
    assert run(server).returncode == 0
    assert verbs(server) == ["get node", "delete secret"]


def test_a_task_that_does_not_end_keeps_nothing_up(server):
    """It comes back to its queue after the visibility timeout."""
    server.stub("k3s", THERE + '\nif [ "$2" = drain ]; then exit 1; fi')
    done = run(server)
    assert done.returncode == 0
    assert "was not empty within 300 s" in done.stderr
    assert verbs(server)[-2:] == ["delete node", "delete secret"]


def test_a_server_that_does_not_answer_is_an_error(server):
    """Nothing may be taken for gone: the VPS would be deleted with its node still there."""
    server.stub("k3s", "exit 1")
    assert run(server).returncode != 0
    assert verbs(server) == ["get node"]
