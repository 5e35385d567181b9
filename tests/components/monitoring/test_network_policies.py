"""Who may talk to Prometheus and Grafana."""

import ipaddress

import pytest

from tests.components.test_network_policies import METADATA, NAMESPACE, selects
from tests.graphs import run

NAME = "app.kubernetes.io/name"


@pytest.fixture(scope="module")
def rules():
    return policies()


def policies(**values):
    made = run(2, monitoring={"grafana": True}, **values).kubernetes()
    return [one["spec"] for one in made.values() if one["kind"] == "NetworkPolicy" and is_monitorings(one)]


def is_monitorings(manifest):
    return manifest["metadata"]["namespace"] == "monitoring"


def opens(rules, direction, pod, other, port):
    """`other` is an address or (namespace, name)."""
    key, peers = ("ingress", "from") if direction == "Ingress" else ("egress", "to")
    mine = [one for one in rules if direction in one["policyTypes"] and selects(one["podSelector"], {NAME: pod})]
    assert mine, "a pod that no policy selects is open"
    return any(
        any(is_peer(peer, other) for peer in rule[peers])
        and (not rule.get("ports") or port in {one["port"] for one in rule["ports"]})
        for one in mine
        for rule in one.get(key, [])
    )


def is_peer(peer, other):
    if "ipBlock" in peer:
        address = ipaddress.ip_address("10.42.0.9" if isinstance(other, tuple) else other)
        block = peer["ipBlock"]
        excluded = any(address in ipaddress.ip_network(one) for one in block.get("except", []))
        return address in ipaddress.ip_network(block["cidr"]) and not excluded
    if not isinstance(other, tuple):
        return False
    namespace, name = other
    if "namespaceSelector" in peer:
        return selects(peer["namespaceSelector"], {NAMESPACE: namespace})
    return namespace == "monitoring" and selects(peer["podSelector"], {NAME: name})


def is_internet(rule):
    return rule["to"][0].get("ipBlock", {}).get("cidr") == "0.0.0.0/0"


class TestOut:
    @pytest.mark.parametrize(
        ("target", "port"),
        [
            (("app", "postgres"), 9187),
            (("app", "queue-exporter"), 9808),
            (("kube-system", "traefik"), 9100),
            ("10.20.1.2", 10250),  # the kubelet
            ("10.20.1.2", 9100),  # node-exporter, on the host's network
            ("10.20.1.2", 6443),  # the API server, behind its Service's address
            ("203.0.113.25", 587),  # the mail server
            ("203.0.113.80", 443),  # webhook and heartbeat
        ],
    )
    def test_prometheus_and_alertmanager(self, rules, target, port):
        assert opens(rules, "Egress", "prometheus", target, port)

    @pytest.mark.parametrize(
        ("target", "port"),
        [
            ("10.20.1.2", 22),
            ("10.64.0.9", 443),
            ("192.168.1.1", 443),
            ("100.64.0.1", 25),
            (("app", "postgres"), 5432),
            (("kube-system", "coredns"), 8080),
        ],
    )
    def test_nothing_private_beside_its_targets(self, rules, target, port):
        """Alerts' receivers are named by the stack file: a webhook is no way to the servers' SSH."""
        assert not opens(rules, "Egress", "prometheus", target, port)

    def test_nor_the_servers_own_address(self, rules):
        block = next(rule["to"][0]["ipBlock"] for one in rules for rule in one.get("egress", []) if is_internet(rule))
        assert block["except"][-1].endswith("/32")
        assert not opens(rules, "Egress", "prometheus", block["except"][-1].removesuffix("/32"), 22)

    def test_a_receiver_in_a_private_network(self):
        rules = policies(egress_cidrs=["192.168.7.0/24"])
        assert opens(rules, "Egress", "prometheus", "192.168.7.9", 443)
        assert not opens(rules, "Egress", "grafana", "192.168.7.9", 443)

    def test_grafana_reaches_prometheus_only(self, rules):
        assert opens(rules, "Egress", "grafana", ("monitoring", "prometheus"), 9090)
        assert not opens(rules, "Egress", "grafana", ("monitoring", "prometheus"), 9093)
        assert not opens(rules, "Egress", "grafana", ("app", "postgres"), 5432)
        assert not opens(rules, "Egress", "grafana", "203.0.113.80", 443)

    @pytest.mark.parametrize("pod", ["prometheus", "grafana", "stranger"])
    def test_the_metadata_service_is_closed(self, rules, pod):
        assert not opens(rules, "Egress", pod, METADATA, 80)

    @pytest.mark.parametrize("pod", ["prometheus", "grafana"])
    def test_names(self, rules, pod):
        assert opens(rules, "Egress", pod, ("kube-system", "coredns"), 53)


class TestIn:
    def test_prometheus_answers_grafana(self, rules):
        """It asks nobody for a password: nothing else may come in."""
        assert opens(rules, "Ingress", "prometheus", ("monitoring", "grafana"), 9090)

    @pytest.mark.parametrize("stranger", [("app", "django"), ("default", "stranger"), ("kube-system", "traefik")])
    @pytest.mark.parametrize(("pod", "port"), [("prometheus", 9090), ("prometheus", 9093), ("grafana", 3000)])
    def test_nobody_else(self, rules, stranger, pod, port):
        assert not opens(rules, "Ingress", pod, stranger, port)
