"""Who may talk to whom, by an evaluator of the policies; on a real server: tests/real/test_policies.py."""

import ipaddress

import pulumi
import pytest

from infra.components.network_policies import NetworkPolicies, NetworkPoliciesArgs
from infra.components.outside import Outside
from tests.graphs import pod_of, run
from tests.mocks import graph

COMPONENT, NAMESPACE = "app.kubernetes.io/component", "kubernetes.io/metadata.name"
POD_ADDRESS = ipaddress.ip_address("10.42.0.9")  # k3s's default network of pods
METADATA = "169.254.169.254"
INTERNET, OWN, PRIVATE = "203.0.113.80", "198.51.100.7", "10.20.1.2"
MONITORING, SYSTEM = ("monitoring", "prometheus"), ("kube-system", "traefik")


def policies(*egress_cidrs):
    outside = Outside(public_ip=OWN, private_ip=PRIVATE, egress_cidrs=egress_cidrs)

    def program():
        NetworkPolicies("policies", NetworkPoliciesArgs(namespace="app", web_port=8000, outside=outside))
        pulumi.export("stage", 1)

    made = graph(program)
    return [manifest["spec"] for manifest in made.kubernetes().values()]


@pytest.fixture(scope="module")
def rules():
    return policies()


def selects(selector, labels):
    """A label selector's answer; an empty one selects all."""
    if any(labels.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    expressions = selector.get("matchExpressions", [])
    assert {one["operator"] for one in expressions} <= {"In"}
    return all(labels.get(one["key"]) in one["values"] for one in expressions)


def is_peer(peer, other):
    """Whether `other`, an address or (namespace, name), is what a rule of the app's namespace means."""
    if "ipBlock" in peer:
        address = POD_ADDRESS if isinstance(other, tuple) else ipaddress.ip_address(other)
        block = peer["ipBlock"]
        return address in ipaddress.ip_network(block["cidr"]) and not any(
            address in ipaddress.ip_network(one) for one in block.get("except", [])
        )
    if not isinstance(other, tuple):
        return False
    namespace, name = other
    if "namespaceSelector" in peer:
        return selects(peer["namespaceSelector"], {NAMESPACE: namespace}) and selects(
            peer.get("podSelector", {}), {COMPONENT: name}
        )
    return namespace == "app" and selects(peer["podSelector"], {COMPONENT: name})


def opens(rules, direction, pod, other, port):
    """Whether one side of a connection is open; a pod that no policy selects is not closed."""
    key, peers = ("ingress", "from") if direction == "Ingress" else ("egress", "to")
    namespace, name = pod
    mine = [
        spec
        for spec in rules
        if namespace == "app" and direction in spec["policyTypes"] and selects(spec["podSelector"], {COMPONENT: name})
    ]
    allowed = [rule for spec in mine for rule in spec.get(key, [])]
    return not mine or any(
        any(is_peer(peer, other) for peer in rule[peers])
        and (not rule.get("ports") or port in {one["port"] for one in rule["ports"] if one["protocol"] == "TCP"})
        for rule in allowed
    )


def may(rules, source, target, port):
    """Both ends must agree."""
    out = opens(rules, "Egress", source, target, port) if isinstance(source, tuple) else True
    into = opens(rules, "Ingress", target, source, port) if isinstance(target, tuple) else True
    return out and into


def app(name):
    return "app", name


CLIENTS = ("django", "django-migrate", "celery-worker", "celery-beat", "queue-exporter")


class TestData:
    @pytest.mark.parametrize("client", [*CLIENTS, "pgbouncer", "postgres-backup"])
    def test_who_reaches_postgres(self, rules, client):
        assert may(rules, app(client), app("postgres"), 5432)

    @pytest.mark.parametrize("client", CLIENTS)
    def test_who_reaches_pgbouncer(self, rules, client):
        """The app's way to Postgres where the connection budget asks for it."""
        assert may(rules, app(client), app("pgbouncer"), 5432)

    @pytest.mark.parametrize("client", CLIENTS)
    @pytest.mark.parametrize("server", ["redis-broker", "redis-cache"])
    def test_who_reaches_redis(self, rules, client, server):
        assert may(rules, app(client), app(server), 6379)

    @pytest.mark.parametrize("client", ["pgbouncer", "postgres-backup", "postgres"])
    def test_what_needs_no_redis_has_none(self, rules, client):
        assert not may(rules, app(client), app("redis-broker"), 6379)

    @pytest.mark.parametrize("client", [SYSTEM, MONITORING, ("default", "stranger"), app("stranger")])
    @pytest.mark.parametrize(
        ("server", "port"), [("postgres", 5432), ("pgbouncer", 5432), ("redis-broker", 6379), ("redis-cache", 6379)]
    )
    def test_strangers_reach_nothing(self, rules, client, server, port):
        """Not even monitoring: it asks the exporters."""
        assert not may(rules, client, app(server), port)


class TestWeb:
    def test_only_traefik_comes_in(self, rules):
        assert may(rules, SYSTEM, app("django"), 8000)
        assert not may(rules, MONITORING, app("django"), 8000)
        assert not may(rules, app("celery-worker"), app("django"), 8000)
        assert not may(rules, SYSTEM, app("celery-worker"), 8000)


class TestMetrics:
    @pytest.mark.parametrize(("server", "port"), [("postgres", 9187), ("redis-broker", 9121), ("queue-exporter", 9808)])
    def test_prometheus_reaches_the_exporters(self, rules, server, port):
        assert may(rules, MONITORING, app(server), port)
        assert not may(rules, app("django"), app(server), port)


class TestInternet:
    @pytest.mark.parametrize("client", ["django", "celery-worker"])
    def test_mail_and_payment(self, rules, client):
        """What a shop calls from its pages and its tasks."""
        assert may(rules, app(client), INTERNET, 443)

    @pytest.mark.parametrize("client", ["postgres", "redis-broker", "postgres-backup", "celery-beat", "queue-exporter"])
    def test_nothing_else_calls_out(self, rules, client):
        assert not may(rules, app(client), INTERNET, 443)

    @pytest.mark.parametrize("client", [*CLIENTS, "postgres", "redis-cache", "stranger"])
    def test_the_metadata_service_is_closed(self, rules, client):
        """User data holds the host key."""
        assert not may(rules, app(client), METADATA, 80)

    @pytest.mark.parametrize("client", ["django", "celery-worker"])
    @pytest.mark.parametrize("port", [22, 80, 443, 6443, 9100, 10250])
    def test_the_servers_own_address_is_closed(self, rules, client, port):
        """SSH, API, node-exporter and kubelet listen there; from inside the cloud's firewall sees nothing."""
        assert not may(rules, app(client), OWN, port)
        assert may(rules, app(client), "198.51.100.8", port), "the address beside it is somebody else's"

    @pytest.mark.parametrize("client", ["django", "celery-worker"])
    @pytest.mark.parametrize(
        "address", [PRIVATE, "10.64.0.9", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.0.1"]
    )
    def test_private_networks_are_closed(self, rules, client, address):
        """Other servers' SSH and kubelets, what else is in the account's VPC, the provider's inner services."""
        assert not may(rules, app(client), address, 443)

    @pytest.mark.parametrize("address", ["172.15.255.255", "172.32.0.1", "100.63.0.1", "100.128.0.1", "192.169.0.1"])
    def test_their_neighbours_are_the_internet(self, rules, address):
        assert may(rules, app("django"), address, 443)


class TestNamedNetworks:
    def test_are_reached(self):
        """A database in a VPC, a mail relay."""
        rules = policies("10.114.0.0/20", "192.168.7.5/32")
        for client in ("django", "celery-worker"):
            assert may(rules, app(client), "10.114.3.4", 5432)
            assert may(rules, app(client), "192.168.7.5", 25)
            assert not may(rules, app(client), "192.168.7.6", 25)
            assert not may(rules, app(client), METADATA, 80)
        assert not may(rules, app("celery-beat"), "10.114.3.4", 5432)

    def test_never_the_servers_own_address(self):
        """Where the provider chooses it, nobody knows it before."""
        rules = policies(f"{PRIVATE}/32", "10.20.1.200/32")
        assert not may(rules, app("django"), PRIVATE, 22)
        assert may(rules, app("django"), "10.20.1.200", 5432)


class TestNames:
    @pytest.mark.parametrize("client", [*CLIENTS, "postgres", "stranger"])
    def test_everybody_may_ask_dns(self, rules, client):
        assert may(rules, app(client), ("kube-system", "coredns"), 53)
        assert not may(rules, app(client), ("kube-system", "coredns"), 443)

    def test_every_name_is_a_components(self):
        """A policy for a label that no pod has opens nothing, and nobody would see it."""
        made = run(5, celery_servers={"count": 2})
        named = {
            value
            for name in made.of_type("kubernetes:networking.k8s.io/v1:NetworkPolicy")
            for one in made.inputs(name)["spec"]["podSelector"].get("matchExpressions", [])
            for value in one["values"]
        }
        assert named - set(components(made).values()) == set()

    def test_all_pools_are_one_component(self):
        """Whatever a stage calls them."""
        made = components(run(5))
        assert made["celery-worker-deployment"] == made["celery-worker-slow-deployment"] == "celery-worker"
        assert list(made.values()).count("celery-worker") == 2

    @pytest.mark.parametrize("stage", range(2, 6))
    def test_are_the_same_at_every_stage(self, stage):
        """A move that takes a pool away deletes its pods last: until then they reach queue and database."""
        names = run(1).of_type("kubernetes:networking.k8s.io/v1:NetworkPolicy")
        assert {name: run(stage).inputs(name) for name in names} == {name: run(1).inputs(name) for name in names}


def components(made):
    """The component of each workload's pods."""
    found = {}
    for name, manifest in made.kubernetes().items():
        if pod_of(manifest):
            spec = manifest["spec"]
            template = (spec["jobTemplate"]["spec"] if manifest["kind"] == "CronJob" else spec)["template"]
            found[name] = template["metadata"]["labels"][COMPONENT]
    return found
