"""Agents are let in by token and node password, over TLS on loopback; the cluster is a mapping."""

import dataclasses
import shutil
import socket

import pytest

from lab.nodes.real.k3s.guest import join
from lab.nodes.real.k3s.guest.layout import Layout
from lab.nodes.real.k3s.guest.pki import Pki
from lab.nodes.real.k3s.guest.refusal import RefusalError
from lab.nodes.real.k3s.guest.supervisor import Supervisor
from lab.nodes.real.k3s.guest.tokens import hash_of
from tests.lab.nodes.real.k3s.guest.configs import server_config
from tests.lab.nodes.real.k3s.guest.test_node_password import Cluster

AGENT_TOKEN = "agent-secret"
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl")


@pytest.fixture
def supervisor(tmp_path, monkeypatch):
    config = server_config(tmp_path)
    pki = Pki.of(Layout(config.data_dir))
    pki.servers.server(pki.tls / "serving-kube-apiserver", "kube-apiserver", ["127.0.0.1"])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    one = Supervisor(config, pki, ("server-secret", "agent-secret"), Cluster(), port)
    one.start()
    monkeypatch.setattr(join, "SUPERVISOR_PORT", port)
    yield one
    one.shutdown()
    one.server_close()


def agent(tmp_path, token=AGENT_TOKEN):
    config = server_config(tmp_path)
    return dataclasses.replace(config, server="https://127.0.0.1:6443", token=token, node_name="shop-celery-1")


class TestJoin:
    def test_certificates_and_settings(self, supervisor, tmp_path):
        layout = Layout(tmp_path / "agent-data")
        cluster = join.fetch(agent(tmp_path), layout, "password")
        assert cluster == {
            "cluster_cidr": "10.42.0.0/16",
            "service_cidr": "10.43.0.0/16",
            "cluster_domain": "cluster.local",
            "disable_network_policy": False,
        }
        names = {path.name for path in layout.agent.iterdir()}
        assert {"client-kubelet.crt", "serving-kubelet.key", "server-ca.crt", "client-ca.crt"} <= names
        assert (layout.agent / "client-kubelet.key").stat().st_mode & 0o777 == 0o600
        assert not [name for name in names if name.endswith("ca.key")]

    def test_full_token(self, supervisor, tmp_path):
        hashed = hash_of(supervisor.pki.servers.certificate.read_bytes())
        join.fetch(agent(tmp_path, f"K10{hashed}::node:agent-secret"), Layout(tmp_path / "a"), "password")

    def test_wrong_token(self, supervisor, tmp_path):
        with pytest.raises(RefusalError, match="401 not authorized"):
            join.fetch(agent(tmp_path, "wrong"), Layout(tmp_path / "a"), "password")
        assert not (tmp_path / "a").exists()

    def test_another_clusters_token(self, supervisor, tmp_path):
        with pytest.raises(RefusalError, match="does not match the Cluster CA"):
            join.fetch(agent(tmp_path, f"K10{'0' * 64}::node:agent-secret"), Layout(tmp_path / "a"), "password")

    def test_another_machine_of_the_same_name(self, supervisor, tmp_path):
        join.fetch(agent(tmp_path), Layout(tmp_path / "a"), "password")
        with pytest.raises(RefusalError, match=r"^Node password rejected"):
            join.fetch(agent(tmp_path), Layout(tmp_path / "b"), "other")


def test_no_server(tmp_path, monkeypatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setattr(join, "SUPERVISOR_PORT", probe.getsockname()[1])
    with pytest.raises(RefusalError, match=r"https://127\.0\.0\.1:6443: .*refused"):
        join.fetch(agent(tmp_path), Layout(tmp_path / "a"), "password")
