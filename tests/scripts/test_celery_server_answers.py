"""Waiting on the server until a Celery server shows the deployment's host key."""

import pytest

from infra.scripts import load
from tests.servers.stub_server import StubServer

OURS = "ssh-ed25519 AAAAours"


@pytest.fixture
def server(tmp_path):
    made = StubServer(tmp_path)
    made.stub("sleep")
    return made


def run(server):
    return server.run(load("celery_server_answers.sh"), AGENT="10.20.1.11", HOST_KEY=OURS, BOOT="4711 cx33")


def test_its_own_key_ends_the_waiting(server):
    server.stub("ssh-keyscan", f"echo '10.20.1.11 {OURS}'")
    assert run(server).returncode == 0
    assert server.calls == ["ssh-keyscan -T 3 -t ed25519 10.20.1.11"]


def test_the_images_key_does_not(server, tmp_path):
    """What a first boot may show before cloud-init has written ours; then ours."""
    once = tmp_path / "once"
    image = 'echo "10.20.1.11 ssh-ed25519 AAAAimage"'
    key = f'if [ -e {once} ]; then echo "10.20.1.11 {OURS}"; else touch {once}; {image}; fi'
    server.stub("ssh-keyscan", key)
    assert run(server).returncode == 0
    assert server.calls.count("sleep 2") == 1


@pytest.mark.parametrize(("answer", "shown"), [("exit 1", "none"), ("echo '10.20.1.11 ssh-ed25519 AAAAx'", "AAAAx")])
def test_one_that_never_shows_it_is_an_error(server, answer, shown):
    """With what it shows, and the next step."""
    server.stub("ssh-keyscan", answer)
    done = run(server)
    assert done.returncode == 1
    assert server.calls.count("sleep 2") == 180
    assert "10.20.1.11 does not show the deployment's host key" in done.stderr
    assert shown in done.stderr
    assert "run the update again" in done.stderr
