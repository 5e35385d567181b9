"""Celery servers of the lab: simulated nodes of the cluster that their config names."""

import pytest

from lab.clouds.addresses import pool
from lab.machines import Size
from lab.nodes.simulated.api import Api
from lab.nodes.simulated.machines import SimulatedMachines
from lab.paths import bin_dir
from lab.plugins.package import PluginError
from lab.toolchain.build import ensure
from lab.toolchain.programs import ETCD, KUBE
from tests.waiting import wait

ARGUMENTS = ["kube-reserved=cpu=200m,memory=300Mi", "system-reserved=cpu=100m,memory=300Mi"]
SERVER = {"node-name": "shop", "kubelet-arg": ARGUMENTS, "token": "secret"}
AGENT = {
    "node-name": "shop-celery-1",
    "node-ip": "10.20.1.11",
    "server": "https://10.20.1.2:6443",
    "token": "secret",
    "node-label": ["stagecoach.dev/role=celery"],
    "node-taint": ["stagecoach.dev/role=celery:NoSchedule"],
    "kubelet-arg": ARGUMENTS,
}


def two_servers(root):
    """The server and one of Celery's; nothing runs."""
    made = SimulatedMachines(root, bin_dir())
    server, agent = pool(root)[:2]
    made.server_created(server, "shop", Size(vcpu=2, memory_mib=4096, disk_gb=40), "")
    made.network_joined(server, "10.20.1.2", "10.20.1.0/24")
    made.server_created(agent, "shop-celery-1", Size(vcpu=4, memory_mib=8192, disk_gb=40), "")
    made.network_joined(agent, "10.20.1.11", "10.20.1.0/24")
    return made, server, agent


class TestBehind:
    def test_a_private_address_is_a_server(self, tmp_path):
        made, server, agent = two_servers(tmp_path)
        assert made.behind(server, "10.20.1.11") == agent

    def test_nobody_has_it(self, tmp_path):
        made, server, _ = two_servers(tmp_path)
        with pytest.raises(PluginError, match=r"dial tcp 10\.20\.1\.12:22: connect: no route to host"):
            made.behind(server, "10.20.1.12")

    def test_the_way_there_is_gone(self, tmp_path):
        made, server, _ = two_servers(tmp_path)
        made.server_deleted(server)
        with pytest.raises(PluginError, match="no route to host"):
            made.behind(server, "10.20.1.11")

    def test_two_deployments_of_one_network_range(self, tmp_path):
        """Rather an error than the other shop's server."""
        made, server, _ = two_servers(tmp_path)
        other = pool(tmp_path)[2]
        made.server_created(other, "second-celery-1", Size(vcpu=4, memory_mib=8192, disk_gb=40), "")
        made.network_joined(other, "10.20.1.11", "10.20.1.0/24")
        with pytest.raises(PluginError, match="two servers have this address"):
            made.behind(server, "10.20.1.11")


class TestJoin:
    def test_without_a_server(self, tmp_path):
        """k3s of the server is not installed yet."""
        made, server, agent = two_servers(tmp_path)
        with pytest.raises(PluginError, match=r"no k3s answers at https://10\.20\.1\.2:6443"):
            made.join_k3s(server, agent, AGENT)


@pytest.mark.cluster
class TestNode:
    """In order: it joins, is resized, is lost, is refused, is removed and joins again."""

    @pytest.fixture(scope="class")
    @classmethod
    def joined(cls, tmp_path_factory):
        for program in (KUBE, ETCD):
            ensure(program)
        made, server, agent = two_servers(tmp_path_factory.mktemp("agents"))
        made.install_k3s(server, SERVER)
        made.join_k3s(server, agent, AGENT)
        yield made, server, agent
        made.stop_all()

    @pytest.fixture
    def api(self, joined):
        made, server, _ = joined
        return Api(made.kubeconfig(server).replace("127.0.0.1", server))

    def node(self, api):
        return api.get("/api/v1/nodes/shop-celery-1")

    def test_shows_its_configs_label_taint_and_size(self, joined, api):
        made = self.node(api)
        assert made["metadata"]["labels"]["stagecoach.dev/role"] == "celery"
        assert "node-role.kubernetes.io/control-plane" not in made["metadata"]["labels"]
        assert made["spec"]["taints"] == [{"key": "stagecoach.dev/role", "value": "celery", "effect": "NoSchedule"}]
        assert made["status"]["allocatable"]["cpu"] == "3700m"

    def test_a_config_that_names_another_server(self, joined):
        made, server, agent = joined
        with pytest.raises(PluginError, match=r"no k3s answers at https://10\.20\.1\.9:6443"):
            made.join_k3s(server, agent, {**AGENT, "server": "https://10.20.1.9:6443"})

    def test_a_resize(self, joined, api):
        made, _, agent = joined
        made.server_resized(agent, Size(vcpu=8, memory_mib=16384, disk_gb=40))
        assert self.node(api)["status"]["allocatable"]["cpu"] == "7700m"

    def test_comes_back_with_the_lab(self, joined, api):
        """Another process reads what this one wrote, and knows a running agent from a server."""
        made, server, agent = joined
        made.stop_all()
        later = SimulatedMachines(made.root, made.programs)
        try:
            later.resume()
            later.require_node(server, "shop-celery-1")
            later.server_resized(agent, Size(vcpu=4, memory_mib=8192, disk_gb=40))
        finally:
            later.stop_all()
        made.resume()
        assert self.node(api)["status"]["allocatable"]["cpu"] == "3700m"

    def test_a_lost_one_leaves_its_node_behind(self, joined, api):
        made, _, agent = joined
        made.server_deleted(agent)
        (ready,) = [one for one in self.node(api)["status"]["conditions"] if one["type"] == "Ready"]
        assert ready["status"] == "Unknown"

    def test_a_new_one_under_the_old_name_is_refused(self, joined):
        """As k3s does, which keeps the node's password."""
        made, server, agent = joined
        made.server_created(agent, "shop-celery-1", Size(vcpu=4, memory_mib=8192, disk_gb=40), "")
        made.network_joined(agent, "10.20.1.11", "10.20.1.0/24")
        with pytest.raises(PluginError, match="Node password rejected, duplicate hostname shop-celery-1"):
            made.join_k3s(server, agent, AGENT)

    def test_after_the_removal_it_joins(self, joined, api):
        """Pods on it move: here, a bare one is ended."""
        made, server, agent = joined
        body = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "task", "namespace": "default"},
            "spec": {"nodeName": "shop-celery-1", "containers": [{"name": "c", "image": "x"}]},
        }
        _when_there(api, "/api/v1/namespaces/default/serviceaccounts/default")
        api.request("POST", "/api/v1/namespaces/default/pods", body)
        made.remove_node(server, "shop-celery-1")
        assert self.node(api) is None
        assert api.get("/api/v1/namespaces/default/pods/task") is None
        made.remove_node(server, "shop-celery-1")  # a second time is no error
        with pytest.raises(PluginError, match='nodes "shop-celery-1" not found'):
            made.require_node(server, "shop-celery-1")
        made.join_k3s(server, agent, AGENT)
        made.require_node(server, "shop-celery-1")


def _when_there(api, path):
    wait(lambda: api.get(path), path)
