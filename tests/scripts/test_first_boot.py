"""The server's first answer."""

import pytest

from infra.scripts import load
from tests.servers.stub_server import StubServer


@pytest.fixture
def server(tmp_path):
    return StubServer(tmp_path)


@pytest.mark.parametrize("answer", ["exit 0", "exit 2"])
def test_waits_for_cloud_init_whatever_came_of_it(server, answer):
    """2 is `done, with recoverable errors`."""
    server.stub("cloud-init", answer)
    done = server.run(load("first_boot.sh"), SERVER_ID="4711")
    assert (done.returncode, done.stdout) == (0, "4711 is up\n")
    assert server.calls == ["cloud-init status --wait"]
