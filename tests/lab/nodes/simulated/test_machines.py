"""Emulated servers: what is remembered of them, and that they move to another address as a whole."""

import json
import socket

import pytest

from lab.clouds.addresses import pool
from lab.machines import Size
from lab.nodes.simulated.api import Api
from lab.nodes.simulated.machines import SimulatedMachines
from lab.paths import bin_dir
from lab.plugins.package import PluginError
from lab.toolchain.build import ensure
from lab.toolchain.programs import ETCD, KUBE

CONFIG = {"node-name": "shop", "kubelet-arg": [], "token": "secret"}


class TestDevices:
    def test_are_known_while_they_are_attached(self, tmp_path):
        """A script that mounts one looks for it; a server that moves takes it along."""
        own, reserved = pool(tmp_path)[:2]
        made = SimulatedMachines(tmp_path, bin_dir())
        made.server_created(own, "shop", Size(vcpu=2, memory_mib=4096, disk_gb=40), "")
        with pytest.raises(PluginError, match="/dev/x is not attached"):
            made.require_device(own, "/dev/x")
        made.volume_attached(own, "volume", 40, "/dev/x")
        made.address_changed(own, reserved)
        made.require_device(reserved, "/dev/x")
        made.volume_detached("volume")
        with pytest.raises(PluginError, match="/dev/x is not attached"):
            made.require_device(reserved, "/dev/x")


class TestAddressChanged:
    def test_moves_what_is_known(self, tmp_path):
        """Also for the next process."""
        own, reserved = pool(tmp_path)[:2]
        made = SimulatedMachines(tmp_path, bin_dir())
        made.server_created(own, "shop", Size(vcpu=2, memory_mib=4096, disk_gb=40), "")
        made.network_joined(own, "10.20.1.2", "10.20.1.0/24")
        made.address_changed(own, reserved)
        made.server_resized(reserved, Size(vcpu=4, memory_mib=8192, disk_gb=40))
        kept = json.loads((tmp_path / "machines.json").read_text())
        assert kept == {
            reserved: {"name": "shop", "vcpu": 4, "memory_mib": 8192, "config": None, "private_ip": "10.20.1.2"}
        }

    @pytest.mark.cluster
    def test_takes_a_running_cluster_along(self, tmp_path):
        """Its objects stay, its certificate names the new address, nothing listens at the old one."""
        for program in (KUBE, ETCD):
            ensure(program)
        own, reserved = pool(tmp_path)[:2]
        made = SimulatedMachines(tmp_path, bin_dir())
        made.server_created(own, "shop", Size(vcpu=2, memory_mib=4096, disk_gb=40), "")
        made.install_k3s(own, CONFIG)
        before = Api(made.kubeconfig(own).replace("127.0.0.1", own))
        uid = before.get("/api/v1/namespaces/default")["metadata"]["uid"]
        try:
            made.address_changed(own, reserved)
            after = Api(made.kubeconfig(reserved).replace("127.0.0.1", reserved))
            assert after.get("/api/v1/namespaces/default")["metadata"]["uid"] == uid
            with socket.socket() as probe:
                assert probe.connect_ex((own, 6443)) != 0
        finally:
            made.stop_all()
