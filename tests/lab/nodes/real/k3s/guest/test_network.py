"""Descriptions of the pods' network."""

import json

from lab.nodes.real.k3s.guest import network
from lab.nodes.real.k3s.guest.network import masquerade, set_routes, write_cni, write_first_cni


def test_cni(tmp_path):
    write_cni(tmp_path, "10.42.3.0/24")
    bridge, ports = json.loads((tmp_path / "10-k3s.conflist").read_text())["plugins"]
    assert bridge["ipam"]["ranges"] == [[{"subnet": "10.42.3.0/24"}]]
    assert "ipMasq" not in bridge
    assert ports == {"type": "portmap", "capabilities": {"portMappings": True}}


class TestFirst:
    def test_a_new_server_has_the_first_network(self, tmp_path):
        write_first_cni(tmp_path, "10.42.0.0/16")
        bridge, _ = json.loads((tmp_path / "10-k3s.conflist").read_text())["plugins"]
        assert bridge["ipam"]["ranges"] == [[{"subnet": "10.42.0.0/24"}]]

    def test_the_one_that_the_controller_gave_stays(self, tmp_path):
        """At every later start."""
        write_cni(tmp_path, "10.42.3.0/24")
        write_first_cni(tmp_path, "10.42.0.0/16")
        assert "10.42.3.0/24" in (tmp_path / "10-k3s.conflist").read_text()


def test_pods_see_each_others_addresses():
    """Only what leaves the pods' network is masqueraded."""
    assert "ip saddr 10.42.0.0/16 ip daddr != { 10.42.0.0/16, 224.0.0.0/4 } masquerade" in masquerade("10.42.0.0/16")


class TestRoutes:
    def test_new_and_gone(self, monkeypatch):
        present = [{"dst": "10.42.1.0/24", "gateway": "10.20.1.3"}, {"dst": "10.42.9.0/24", "gateway": "10.20.1.9"}]
        calls = []

        def run(command, text=None):
            calls.append(" ".join(command))
            return json.dumps(present)

        monkeypatch.setattr(network, "run", run)
        set_routes({"10.42.1.0/24": "10.20.1.3", "10.42.2.0/24": "10.20.1.4"}, "eth1")
        assert calls[1:] == [
            "ip route replace 10.42.2.0/24 via 10.20.1.4 dev eth1 proto 61",
            "ip route del 10.42.9.0/24 proto 61",
        ]

    def test_a_moved_node(self, monkeypatch):
        calls = []

        def run(command, text=None):
            calls.append(" ".join(command))
            return json.dumps([{"dst": "10.42.1.0/24", "gateway": "10.20.1.3"}])

        monkeypatch.setattr(network, "run", run)
        set_routes({"10.42.1.0/24": "10.20.1.7"}, "")
        assert calls[1:] == ["ip route replace 10.42.1.0/24 via 10.20.1.7 proto 61"]
