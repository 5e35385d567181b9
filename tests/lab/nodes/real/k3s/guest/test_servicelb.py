"""The load balancer's pods and the addresses in a Service's status, as k3s makes them; packets: test_way_in.py."""

import kubernetes_validate
import pytest

from lab.nodes.real.k3s.guest import servicelb
from lab.nodes.real.k3s.guest.servicelb import ServiceLb, daemon_set
from tests.lab.nodes.real.k3s.guest.configs import server_config

SETS = "/apis/apps/v1/namespaces/kube-system/daemonsets"
NAME = "svclb-traefik-12345678"
LABELS = "svccontroller.k3s.cattle.io/svcname=traefik,svccontroller.k3s.cattle.io/svcnamespace=kube-system"


def service(policy="Cluster", status=()):
    ports = [{"name": "web", "port": 80, "protocol": "TCP", "nodePort": 30080}]
    return {
        "metadata": {"name": "traefik", "namespace": "kube-system", "uid": "12345678-abcd"},
        "spec": {
            "type": "LoadBalancer",
            "clusterIPs": ["10.43.0.9"],
            "ports": ports,
            "externalTrafficPolicy": policy,
        },
        "status": {"loadBalancer": {"ingress": [{"ip": one} for one in status]}},
    }


def pod(node, *, ready=True):
    condition = {"type": "Ready", "status": str(ready)}
    return {"spec": {"nodeName": node}, "status": {"podIP": "10.42.0.5", "conditions": [condition]}}


class Api:
    """Answers by path, and remembers what was changed."""

    def __init__(self, services, pods=(), sets=(), ends=("shop",)):
        self.changed = []
        ends = [{"nodeName": one, "conditions": {"ready": True}} for one in ends]
        self.answers = {
            "/api/v1/services": services,
            f"/api/v1/namespaces/kube-system/pods?labelSelector={LABELS}": list(pods),
            f"{SETS}?labelSelector=svccontroller.k3s.cattle.io/svcname": [{"metadata": {"name": one}} for one in sets],
            "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices"
            "?labelSelector=kubernetes.io/service-name=traefik": [{"endpoints": ends}, {"endpoints": None}],
        }

    def request(self, method, path, body=None, content_type=""):
        if method == "GET":
            return {"items": self.answers[path]}
        self.changed.append((method, path.partition("?")[0], body))
        return {}

    def get(self, path):
        return {"status": {"addresses": [{"type": "InternalIP", "address": f"ip of {path.rpartition('/')[2]}"}]}}


@pytest.fixture
def config(tmp_path, monkeypatch):
    monkeypatch.setattr(servicelb.network, "first_of", lambda _interface: "100.64.0.10")
    return server_config(tmp_path)


def status(api):
    return [one["ip"] for _, path, body in api.changed if path.endswith("/status") for one in _ingress(body)]


def _ingress(body):
    return body["status"]["loadBalancer"]["ingress"]


class TestPods:
    def test_cluster_goes_to_the_service(self):
        (container,) = daemon_set(service())["spec"]["template"]["spec"]["containers"]
        assert {one["name"]: one.get("value") for one in container["env"]} == {
            "SRC_PORT": "80",
            "DEST_PROTO": "TCP",
            "DEST_PORT": "80",
            "DEST_IPS": "10.43.0.9",
        }
        assert container["ports"][0]["hostPort"] == 80

    def test_local_goes_to_the_nodes_own_port(self):
        (container,) = daemon_set(service("Local"))["spec"]["template"]["spec"]["containers"]
        environment = {one["name"]: one for one in container["env"]}
        assert environment["DEST_PORT"]["value"] == "30080"
        assert environment["DEST_IPS"]["valueFrom"] == {"fieldRef": {"fieldPath": "status.hostIPs"}}

    @pytest.mark.parametrize("policy", ["Cluster", "Local"])
    def test_is_valid(self, policy):
        kubernetes_validate.validate(daemon_set(service(policy)), "1.33", strict=True)

    def test_applied_once_and_again_after_a_change(self, config):
        api = Api([service()])
        one = ServiceLb(api, config)
        one.look()
        one.look()
        assert [path for _, path, _ in api.changed] == [f"{SETS}/{NAME}"]
        api.answers["/api/v1/services"] = [service("Local")]
        one.look()
        assert len(api.changed) == 2

    def test_of_a_service_that_is_gone(self, config):
        api = Api([], sets=[NAME])
        ServiceLb(api, config).look()
        assert api.changed == [("DELETE", f"{SETS}/{NAME}", None)]

    def test_disabled(self, config):
        config = server_config(config.data_dir.parent, disabled=("servicelb",))
        api = Api([service()], sets=[NAME])
        ServiceLb(api, config).look()
        assert [method for method, _, _ in api.changed] == ["DELETE"]


class TestStatus:
    def test_the_servers_external_address_as_its_interface_has_it(self, config):
        """A VPS has its public address on its own interface; the lab's is this machine's loopback."""
        api = Api([service()], [pod("shop"), pod("shop-celery-1")], [NAME])
        assert ServiceLb(api, config).look() == 5.0
        assert status(api) == ["100.64.0.10"]

    def test_another_external_address_stands_as_it_is(self, tmp_path, config):
        config = server_config(tmp_path, node_external_ips=("127.64.1.2", "10.17.0.5"))
        api = Api([service()], [pod("shop")], [NAME])
        ServiceLb(api, config).look()
        assert status(api) == ["10.17.0.5", "100.64.0.10"]

    def test_internal_ones_where_no_node_has_another(self, tmp_path, config):
        config = server_config(tmp_path, node_external_ips=())
        api = Api([service()], [pod("shop"), pod("shop-celery-1")], [NAME])
        ServiceLb(api, config).look()
        assert status(api) == ["ip of shop", "ip of shop-celery-1"]

    def test_local_names_only_nodes_with_an_endpoint(self, config):
        api = Api([service("Local")], [pod("shop"), pod("shop-celery-1")], [NAME], ends=["shop-celery-1"])
        ServiceLb(api, config).look()
        assert status(api) == ["ip of shop-celery-1"]

    def test_without_a_pod_that_is_ready(self, config):
        api = Api([service()], [pod("shop", ready=False)], [NAME])
        assert ServiceLb(api, config).look() == 1.0
        assert status(api) == []

    def test_written_once(self, config):
        api = Api([service(status=["100.64.0.10"])], [pod("shop")], [NAME])
        ServiceLb(api, config).look()
        assert status(api) == []
