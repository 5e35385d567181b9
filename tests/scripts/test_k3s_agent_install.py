"""The installation of k3s on a Celery server; what it shares with the server's is in test_k3s_install.py."""

import pytest

from infra.scripts import load
from tests.scripts.test_k3s_install import VERSION, Server

CONFIG = """node-name: shop-celery-1
node-ip: 10.20.1.2
server: https://10.20.1.9:6443
kubelet-arg:
- max-pods=60
"""


class Agent(Server):
    """A Celery server that has not seen k3s yet."""

    def run(self, config=CONFIG):
        self.stubs.forget()
        variables = {"K3S_VERSION": VERSION, "K3S_URL": "", "K3S_SHA256": ""}
        return self.stubs.run(load("base.sh", "k3s_agent_install.sh"), config, **variables)


@pytest.fixture
def agent(tmp_path):
    return Agent(tmp_path)


class TestAgent:
    def test_starts_an_agent(self, agent):
        """Not a second server; on the private interface, as the server."""
        done = agent.run()
        assert done.returncode == 0, done.stderr
        unit = (agent.root / "etc/systemd/system/k3s-agent.service").read_text()
        assert "/usr/local/bin/k3s agent\n" in unit
        assert not (agent.root / "etc/systemd/system/k3s.service").exists()
        drop_in = agent.root / "etc/rancher/k3s/config.yaml.d/private-interface.yaml"
        assert drop_in.read_text() == "flannel-iface: enp7s0\n"

    def test_needs_no_volume(self, agent):
        """It holds no data."""
        agent.run()
        assert "stagecoach-deployment" not in (agent.root / "etc/systemd/system/k3s-agent.service").read_text()

    def test_closes_the_metadata_service(self, agent):
        """Its user data holds a host key, too."""
        agent.run()
        calls = agent.called("systemctl")
        rule, start = "systemctl restart stagecoach-metadata.service", "systemctl restart k3s-agent.service"
        assert calls.index(rule) < calls.index(start)

    def test_again_restarts_nothing(self, agent):
        """Running tasks must not notice."""
        agent.run()
        assert agent.run().returncode == 0
        assert "systemctl restart k3s-agent.service" not in agent.called("systemctl")

    def test_an_agent_that_cannot_join_is_an_error(self, agent):
        """systemd gives up after five minutes; the next update tries again."""
        agent.stubs.stub("systemctl", 'case "$*" in "restart k3s-agent.service") exit 1 ;; esac')
        done = agent.run()
        unit = (agent.root / "etc/systemd/system/k3s-agent.service").read_text()
        assert "TimeoutStartSec=300\n" in unit
        assert done.returncode == 1
        assert "journalctl -u k3s-agent.service" in done.stderr
        agent.stubs.stub("systemctl")
        assert agent.run().returncode == 0
        assert "systemctl restart k3s-agent.service" in agent.called("systemctl")
