"""Flags as k3s's."""

from pathlib import Path

from lab.nodes.real.k3s.guest.control_plane import api_server, controller_manager, etcd, flags, scheduler
from lab.nodes.real.k3s.guest.layout import Layout
from tests.lab.nodes.real.k3s.guest.configs import server_config

LAYOUT = Layout(Path("/data"))


def test_etcd_syncs_to_the_disk():
    """A power cut must find what was acknowledged."""
    command = etcd(LAYOUT)
    assert "--data-dir=/data/server/db/etcd" in command
    assert not [one for one in command if "fsync" in one]


class TestApiServer:
    def test_address_encryption_and_requests_of_nodes(self, tmp_path):
        command = api_server(server_config(tmp_path), LAYOUT, Path("/data/server/cred/encryption-config.json"))
        assert "--advertise-address=10.20.1.2" in command
        assert "--bind-address=0.0.0.0" in command
        assert "--anonymous-auth=false" in command
        assert "--authorization-mode=Node,RBAC" in command
        assert "--encryption-provider-config=/data/server/cred/encryption-config.json" in command
        # Without it exec, logs and metrics would ask DNS for the node's name.
        assert "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname" in command

    def test_without_encryption(self, tmp_path):
        assert not [one for one in api_server(server_config(tmp_path), LAYOUT, None) if "encryption" in one]

    def test_own_flags_come_last(self, tmp_path):
        config = server_config(tmp_path, apiserver_args=("profiling=true",))
        assert api_server(config, LAYOUT, None)[-1] == "--profiling=true"


def test_manager_gives_nodes_their_networks(tmp_path):
    command = controller_manager(server_config(tmp_path), LAYOUT)
    assert {"--allocate-node-cidrs=true", "--cluster-cidr=10.42.0.0/16"} <= set(command)
    assert "--kubeconfig=/data/server/cred/controller.kubeconfig" in command


def test_scheduler(tmp_path):
    config = server_config(tmp_path, scheduler_args=("v=2",))
    assert scheduler(config, LAYOUT)[-1] == "--v=2"


def test_flags_with_and_without_dashes():
    assert flags(("a=1", "--b=2")) == ["--a=1", "--b=2"]
