"""A real API server and scheduler with a simulated node."""

import socket
from pathlib import Path

import pytest

from lab.clouds.addresses import pool
from lab.machines import Size
from lab.nodes.simulated.api import Api, ApiError
from lab.nodes.simulated.machines import SimulatedMachines
from lab.nodes.simulated.node import sizes
from lab.nodes.simulated.processes import Processes
from lab.paths import bin_dir
from lab.toolchain.build import ensure
from lab.toolchain.programs import ETCD, KUBE
from tests.waiting import patience, wait

CONFIG = {
    "node-name": "shop",
    "kubelet-arg": [
        "kube-reserved=cpu=200m,memory=700Mi",
        "system-reserved=cpu=100m,memory=300Mi",
        "eviction-hard=memory.available<150Mi,nodefs.available<8%",
    ],
}


class TestSizes:
    def test_allocatable_is_what_the_config_leaves(self):
        """0.931 x 4096 - 700 - 300 - 150 MiB."""
        _, allocatable = sizes(2, 4096, CONFIG)
        assert allocatable["cpu"] == "1700m"
        assert int(allocatable["memory"]) // 2**20 == 2663

    def test_without_reservations(self):
        _, allocatable = sizes(2, 4096, {})
        assert (allocatable["cpu"], int(allocatable["memory"]) // 2**20) == ("2000m", 3813)


def pod(name, cpu):
    container = {"name": "c", "image": "x", "resources": {"requests": {"cpu": cpu}}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"containers": [container]},
    }


@pytest.mark.cluster
class TestControlPlane:
    @pytest.fixture(scope="class")
    @classmethod
    def machines(cls, tmp_path_factory):
        for program in (KUBE, ETCD):
            ensure(program)
        root = tmp_path_factory.mktemp("machines")
        address = pool(root)[0]
        made = SimulatedMachines(root, bin_dir())
        made.server_created(address, "shop", Size(vcpu=2, memory_mib=4096, disk_gb=40), "")
        made.install_k3s(address, CONFIG)
        yield made, address
        made.stop_all()
        with socket.socket() as probe:
            assert probe.connect_ex((address, 6443)) != 0

    @pytest.fixture
    def api(self, machines):
        made, address = machines
        return Api(made.kubeconfig(address).replace("127.0.0.1", address))

    def test_schedules_what_fits_and_no_more(self, api):
        """900m beside 200m of k3s's own runs, a second 900m stays Pending for lack of CPU."""
        pods = "/api/v1/namespaces/default/pods"
        # A controller makes it a moment after the start; until then every pod is refused.
        wait(lambda: api.get("/api/v1/namespaces/default/serviceaccounts/default"), "the service account")
        api.request("POST", pods, pod("one", "900m"))
        wait(lambda: api.get(f"{pods}/one")["status"]["phase"] == "Running", "the first pod")
        api.request("POST", pods, pod("two", "900m"))
        wait(lambda: api.get(f"{pods}/two")["status"].get("conditions"), "the second pod's refusal")
        condition = api.get(f"{pods}/two")["status"]["conditions"][0]
        assert "Insufficient cpu" in condition["message"]

    def test_a_resize_makes_room(self, machines, api):
        """The pod that was Pending runs after the server grew."""
        made, address = machines
        made.server_resized(address, Size(vcpu=4, memory_mib=8192, disk_gb=40))
        wait(lambda: api.get("/api/v1/namespaces/default/pods/two")["status"]["phase"] == "Running", "the second pod")

    def test_strict_validation(self, api):
        """A misspelt field is refused."""
        body = pod("typo", "1m")
        body["spec"]["containers"][0]["imagee"] = "x"
        with pytest.raises(ApiError, match="unknown field"):
            api.request("POST", "/api/v1/namespaces/default/pods", body, fieldValidation="Strict")

    def test_no_kubeconfig_without_k3s(self, machines, tmp_path):
        made = SimulatedMachines(tmp_path, bin_dir())
        with pytest.raises(Exception, match="No such file"):
            made.kubeconfig("127.64.9.9")


class TestProcesses:
    def test_leftovers_are_ended_by_program(self, tmp_path):
        """A killed owner's child is found; another program under its id is left alone."""
        first = Processes(tmp_path)
        first.start("sleep", ["/bin/sleep", "60"])
        child = first._children["sleep"]
        # A program that was started a moment ago has no command line yet.
        wait(Path(f"/proc/{child.pid}/cmdline").read_bytes, "a command line")
        assert Processes(tmp_path).sweep() == [child.pid]
        assert child.wait(timeout=patience(5)) == -9
        assert Processes(tmp_path).sweep() == []
