"""What one look at the nodes leads to."""

from pathlib import Path

import pytest

from lab.nodes.real.k3s.guest import network, node_password
from lab.nodes.real.k3s.guest.layout import Layout
from lab.nodes.real.k3s.guest.nodes import Nodes, routes
from tests.lab.nodes.real.k3s.guest.configs import server_config


def node(name, cidr="", address="", **labels):
    status = {"addresses": [{"type": "InternalIP", "address": address}]} if address else {}
    return {"metadata": {"name": name, "labels": labels}, "spec": {"podCIDR": cidr} if cidr else {}, "status": status}


class Cluster:
    def __init__(self, *nodes):
        self.nodes = list(nodes)
        self.patched = []

    def request(self, method, path, body=None, content_type=""):
        if method == "PATCH":
            self.patched.append((path, body))
        return {"items": self.nodes}


@pytest.fixture
def calls(monkeypatch):
    """What reaches the kernel and the secrets."""
    seen = []
    monkeypatch.setattr(network, "set_routes", lambda wanted, interface: seen.append((wanted, interface)))
    monkeypatch.setattr(node_password, "forget", lambda _api, name: seen.append(name))
    return seen


def nodes(tmp_path, cluster, **changes):
    config = server_config(tmp_path, **changes)
    return Nodes(cluster, config, Layout(config.data_dir))


def cni(one):
    return one.layout.etc / "cni" / "net.d" / "10-k3s.conflist"


def test_waits_for_its_own_network(tmp_path, calls):
    one = nodes(tmp_path, Cluster(node("shop")))
    assert one.look() < 1
    assert not cni(one).exists()
    assert calls == []


def test_own_network_and_routes_to_the_others(tmp_path, calls):
    cluster = Cluster(node("shop", "10.42.0.0/24", "10.20.1.2"), node("shop-celery-1", "10.42.1.0/24", "10.20.1.3"))
    one = nodes(tmp_path, cluster)
    assert one.look() > 1
    assert '"10.42.0.0/24"' in cni(one).read_text()
    assert calls == [({"10.42.1.0/24": "10.20.1.3"}, "eth1")]
    assert [path for path, _ in cluster.patched] == ["/api/v1/nodes/shop"]


def test_an_agent_patches_nothing(tmp_path, calls):
    cluster = Cluster(node("shop", "10.42.0.0/24", "10.20.1.2"))
    nodes(tmp_path, cluster, role="agent").look()
    assert cluster.patched == []


def test_password_goes_with_its_node(tmp_path, calls):
    cluster = Cluster(node("shop", "10.42.0.0/24", "10.20.1.2"), node("shop-celery-1"))
    one = nodes(tmp_path, cluster)
    one.look()
    cluster.nodes.pop()
    one.look()
    assert "shop-celery-1" in calls


def test_nodes_without_network_or_address_have_no_route():
    assert routes([node("a", "10.42.1.0/24"), node("b", "", "10.20.1.4")], "shop") == {}


def test_layout_is_the_data_dirs():
    assert Layout(Path("/d")).etc == Path("/d/agent/etc")
