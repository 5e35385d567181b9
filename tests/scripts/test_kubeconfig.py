"""The administrator's kubeconfig, and how its certificate is renewed."""

import pytest

from infra.scripts import load
from tests.servers.stub_server import StubServer


@pytest.fixture
def server(tmp_path):
    """k3s writes its kubeconfig when it starts."""
    made = StubServer(tmp_path)
    folder = tmp_path / "etc/rancher/k3s"
    folder.mkdir(parents=True)
    (folder / "k3s.yaml").write_text("first\n")
    made.stub("systemctl", 'echo renewed >"$ROOT/etc/rancher/k3s/k3s.yaml"')
    return made


def read(server, epoch):
    done = server.run(load("kubeconfig.sh"), EPOCH=epoch)
    assert done.returncode == 0, done.stderr
    return done.stdout


class TestKubeconfig:
    def test_is_what_k3s_wrote(self, server):
        """Nothing but the file: the output is the provider's input."""
        assert read(server, "1") == "first\n"
        assert read(server, "1") == "first\n"
        assert server.calls == []

    def test_a_raised_epoch_renews_it(self, server):
        """Reading the same file again would renew nothing: k3s issues certificates at its start."""
        read(server, "1")
        assert read(server, "2") == "renewed\n"
        assert server.calls == ["systemctl restart k3s.service"]

    def test_once(self, server):
        read(server, "1")
        read(server, "2")
        server.forget()
        assert read(server, "2") == "renewed\n"
        assert server.calls == []

    def test_a_restart_that_failed_is_tried_again(self, server):
        read(server, "1")
        server.stub("systemctl", "exit 1")
        assert server.run(load("kubeconfig.sh"), EPOCH="2").returncode != 0
        server.stub("systemctl", 'echo renewed >"$ROOT/etc/rancher/k3s/k3s.yaml"')
        assert read(server, "2") == "renewed\n"
