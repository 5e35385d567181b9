"""The kubelet gets the plan's reservations as flags, and k3s's own departures by its file."""

import yaml

from lab.nodes.real.k3s.guest.kubelet import kube_proxy, kubelet, name_servers
from lab.nodes.real.k3s.guest.layout import Layout
from tests.lab.nodes.real.k3s.guest.configs import server_config


class TestKubelet:
    def test_reservations_of_the_plan(self, tmp_path):
        config = server_config(tmp_path)
        command = kubelet(config, Layout(config.data_dir))
        assert "--kube-reserved=cpu=200m,memory=700Mi,ephemeral-storage=2Gi" in command
        assert "--system-reserved=cpu=100m,memory=300Mi,ephemeral-storage=1Gi" in command
        assert "--eviction-hard=memory.available<150Mi,nodefs.available<8%" in command
        assert "--max-pods=60" in command
        assert "--pod-max-pids=4096" in command
        assert not [one for one in command if "root-dir" in one], "on the root disk, as k3s has it"
        assert "--node-labels=stagecoach.dev/role=server" in command
        assert "--hostname-override=shop" in command
        assert "--node-ip=10.20.1.2" in command
        assert not [one for one in command if "taints" in one]

    def test_taints(self, tmp_path):
        config = server_config(tmp_path, node_taints=("a=b:NoSchedule", "c=d:NoExecute"))
        command = kubelet(config, Layout(config.data_dir))
        assert "--register-with-taints=a=b:NoSchedule,c=d:NoExecute" in command

    def test_file(self, tmp_path):
        """Memory eviction is not in it: k3s switches it off."""
        config = server_config(tmp_path)
        kubelet(config, Layout(config.data_dir))
        content = yaml.safe_load((config.data_dir / "agent" / "etc" / "kubelet.yaml").read_text())
        assert content["evictionHard"] == {"imagefs.available": "5%", "nodefs.available": "5%"}
        assert content["failCgroupV1"] is False
        assert content["protectKernelDefaults"] is True
        assert content["clusterDNS"] == ["10.43.0.10"]
        assert content["authentication"]["anonymous"] == {"enabled": False}


class TestNameServers:
    def test_the_machines_own(self, tmp_path):
        found = tmp_path / "resolv.conf"
        found.write_text("search example\nnameserver 10.0.0.53\n")
        assert name_servers(Layout(tmp_path / "k3s"), found) == found

    def test_none_that_pods_could_reach(self, tmp_path):
        """A server on loopback would be the pod itself, and coredns would ask itself for ever."""
        for text in ("", "nameserver 127.0.0.53\n", "nameserver\n"):
            (tmp_path / "resolv.conf").write_text(text)
            path = name_servers(Layout(tmp_path / "k3s"), tmp_path / "resolv.conf")
            assert path.read_text() == "nameserver 100.64.0.1\n"

    def test_no_file(self, tmp_path):
        assert name_servers(Layout(tmp_path / "k3s"), tmp_path / "missing").read_text() == "nameserver 100.64.0.1\n"


def test_proxy_leaves_the_kernels_tables_alone(tmp_path):
    config = server_config(tmp_path)
    command = kube_proxy(config, Layout(config.data_dir))
    assert "--proxy-mode=iptables" in command
    assert "--conntrack-max-per-core=0" in command
