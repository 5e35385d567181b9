"""The installation of k3s, run with stubs in place of systemd and the network."""

import hashlib

import pytest
import yaml

from infra.scripts import load
from tests.servers.stub_server import StubServer

VERSION = "v1.33.6+k3s1"
CONFIG = "node-name: shop\nnode-ip: 10.20.1.2\nkubelet-arg:\n- max-pods=60\n"
ADDRESSES = """1: lo    inet 127.0.0.1/8 scope host lo
2: eth0    inet 198.51.100.7/32 brd 198.51.100.7 scope global dynamic eth0
3: enp7s0    inet 10.20.1.2/32 brd 10.20.1.2 scope global dynamic enp7s0
4: eth1    inet 10.20.1.20/24 scope global eth1"""
RELEASE = "https://github.com/k3s-io/k3s/releases/download/v1.33.6%2Bk3s1"
PROGRAM = """#!/bin/bash
case "$1" in
--version) echo "k3s version {version} (0abc)" ;;
kubectl) [ "$2" = get ] && {{ [ "$3" = --raw ] || echo "shop Ready"; }} ;;
esac
"""
CURL = """
if [ "$5" = "" ] || [ "$4" != -o ]; then echo "$(cat "$ROOT/sum")  k3s"; else cp "$ROOT/download" "$5"; fi
"""


class Server:
    """A server that has not seen k3s yet."""

    def __init__(self, root):
        self.stubs, self.root = StubServer(root), root
        for name in ("systemctl", "sleep", "nft", "sysctl"):
            self.stubs.stub(name)
        self.stubs.stub("curl", CURL)
        self.shows(ADDRESSES)
        self.offers(VERSION)

    def shows(self, addresses):
        """What `ip` says of addresses and of the default route; asked for one interface, it shows that one's."""
        route = "default via 172.31.1.1 dev eth0 proto dhcp"
        of_eth0 = "\n".join(line for line in addresses.splitlines() if " eth0 " in line)
        which = f"*' dev eth0 '*) printf '%s\\n' '{of_eth0}' ;; *) printf '%s\\n' '{addresses}' ;;"
        self.stubs.stub("ip", f'case "$*" in *route*) echo "{route}" ;; {which} esac')

    def offers(self, version):
        """What the release page has."""
        program = PROGRAM.format(version=version)
        (self.root / "download").write_text(program)
        (self.root / "sum").write_text(hashlib.sha256(program.encode()).hexdigest())

    def run(self, config=CONFIG, version=VERSION, url="", sha256=""):
        self.stubs.forget()
        variables = {"K3S_VERSION": version, "K3S_URL": url, "K3S_SHA256": sha256}
        return self.stubs.run(load("base.sh", "k3s_install.sh"), config, **variables)

    def called(self, word):
        return [call for call in self.stubs.calls if call.startswith(word)]

    @property
    def program(self):
        return self.root / "usr/local/bin/k3s"


@pytest.fixture
def server(tmp_path):
    return Server(tmp_path)


class TestDownload:
    def test_comes_from_the_release_with_its_checksum(self, server):
        """Two requests: the program, and the release's own list of checksums."""
        done = server.run()
        assert done.returncode == 0, done.stderr
        program, checksums = server.called("curl")
        assert program.endswith(f"{RELEASE}/k3s")
        assert checksums.endswith(f"{RELEASE}/sha256sum-amd64.txt")
        assert server.program.stat().st_mode & 0o777 == 0o755

    def test_a_mirror_with_its_own_checksum(self, server):
        """Nothing is asked of the release."""
        wanted = (server.root / "sum").read_text()
        assert server.run(url="https://mirror.example/k3s", sha256=wanted).returncode == 0
        (call,) = server.called("curl")
        assert call.endswith("https://mirror.example/k3s")

    @pytest.mark.parametrize("has", ["v1.36.5+k3s1", ""])
    def test_a_mirror_with_another_release_installs_nothing(self, server, has):
        """Its checksum is right, and the minor between the two would be skipped."""
        server.offers(has)
        (server.root / "usr/local/bin/k3s").write_text(PROGRAM.format(version="v1.32.1+k3s1"))
        wanted = (server.root / "sum").read_text()
        done = server.run(url="https://mirror.example/k3s", sha256=wanted)
        assert done.returncode == 1
        assert f"k3s.version is {VERSION}: nothing was installed" in done.stderr
        assert "v1.32.1" in server.program.read_text()
        assert [path.name for path in server.program.parent.iterdir()] == ["k3s"]
        assert server.called("systemctl") == []

    def test_a_wrong_checksum_installs_nothing(self, server):
        done = server.run(sha256="0" * 64)
        assert done.returncode != 0
        assert not server.program.exists()
        assert server.called("systemctl") == []

    def test_no_checksum_installs_nothing(self, server):
        (server.root / "sum").write_text("")
        (server.root / "download").write_text("")
        server.stubs.stub("curl", 'if [ "$4" = -o ]; then cp "$ROOT/download" "$5"; fi')
        done = server.run()
        assert done.returncode == 1
        assert f"no checksum for k3s {VERSION}" in done.stderr
        assert not server.program.exists()

    def test_nothing_is_left_in_the_temp_folder(self, server):
        server.run(sha256="0" * 64)
        assert [path.name for path in (server.root / "tmp").iterdir() if path.is_dir()] == []


class TestPrograms:
    def test_a_minimal_image_gets_what_it_lacks(self, server):
        """Debian 12's cloud images come without nft."""
        server.stubs.stub("apt-get")
        server.stubs.hide("nft")
        assert server.run().returncode == 0
        assert server.called("apt-get") == [
            "apt-get -q -o DPkg::Lock::Timeout=600 update",
            "apt-get -q -o DPkg::Lock::Timeout=600 install -y --no-install-recommends nftables",
        ]

    def test_nothing_is_installed_where_all_is_there(self, server):
        server.stubs.stub("apt-get")
        assert server.run().returncode == 0
        assert server.called("apt-get") == []


class TestArrivingAddresses:
    """Packets to a reserved address arrive under another one of the interface."""

    NAMED = CONFIG.replace("node-ip", "node-external-ip: 203.0.113.9\nnode-ip")
    ANCHORED = f"{ADDRESSES}\n2: eth0    inet 10.17.0.5/16 brd 10.17.255.255 scope global eth0"

    def drop_in(self, server):
        return server.root / "etc/rancher/k3s/config.yaml.d/arriving-addresses.yaml"

    def test_the_interfaces_others_are_named(self, server):
        """As on a droplet: the reserved address is on no interface, its own and the anchor are."""
        server.shows(self.ANCHORED)
        assert server.run(self.NAMED).returncode == 0
        assert self.drop_in(server).read_text() == "node-external-ip+:\n- 198.51.100.7\n- 10.17.0.5\n"

    def test_nothing_more_where_the_public_address_is_on_the_interface(self, server):
        """As at Hetzner and Vultr: a running stack restarts nothing for it."""
        assert server.run(self.NAMED.replace("203.0.113.9", "198.51.100.7")).returncode == 0
        assert not self.drop_in(server).exists()

    def test_one_that_came_restarts_k3s_once(self, server):
        server.run(self.NAMED)
        server.shows(self.ANCHORED)
        server.run(self.NAMED)
        assert "systemctl restart k3s.service" in server.called("systemctl")
        server.run(self.NAMED)
        assert "systemctl restart k3s.service" not in server.called("systemctl")

    def test_an_agent_names_none(self, server):
        assert server.run(CONFIG).returncode == 0
        assert not self.drop_in(server).exists()


class TestAgain:
    def test_restarts_nothing(self, server):
        """Every update of the resource runs the script: pods and API must not notice."""
        server.run()
        assert "systemctl restart k3s.service" in server.called("systemctl")
        done = server.run()
        assert done.returncode == 0, done.stderr
        assert server.called("curl") == []
        assert "systemctl restart k3s.service" not in server.called("systemctl")
        assert "systemctl start k3s.service" in server.called("systemctl")

    def test_a_changed_config_restarts(self, server):
        server.run()
        changed = CONFIG.replace("60", "80")
        assert server.run(changed).returncode == 0
        assert "systemctl restart k3s.service" in server.called("systemctl")
        assert (server.root / "etc/rancher/k3s/config.yaml").read_text() == changed

    def test_a_new_version_restarts(self, server):
        server.run()
        server.offers("v1.33.7+k3s1")
        assert server.run(version="v1.33.7+k3s1").returncode == 0
        assert len(server.called("curl")) == 2
        assert "systemctl restart k3s.service" in server.called("systemctl")

    def test_an_update_that_was_cut_off_restarts_next_time(self, server):
        """The config was written, k3s still runs with the old one."""
        server.run()
        changed = CONFIG.replace("60", "80")
        server.stubs.stub("systemctl", 'case "$1" in restart) exit 1 ;; esac')
        assert server.run(changed).returncode != 0
        server.stubs.stub("systemctl")
        assert server.run(changed).returncode == 0
        assert "systemctl restart k3s.service" in server.called("systemctl")


class TestConfig:
    def test_half_a_config_is_refused(self, server):
        """Standard input that broke off must not become the cluster's config."""
        server.run()
        done = server.run("node-name: shop\n")
        assert done.returncode == 1
        assert "config.yaml did not arrive whole" in done.stderr
        assert (server.root / "etc/rancher/k3s/config.yaml").read_text() == CONFIG

    def test_only_root_reads_it(self, server):
        """It holds the tokens."""
        server.run()
        assert (server.root / "etc/rancher/k3s/config.yaml").stat().st_mode & 0o777 == 0o600


class TestPrivateInterface:
    def drop_in(self, server):
        return server.root / "etc/rancher/k3s/config.yaml.d/private-interface.yaml"

    def test_flannel_is_told(self, server):
        """It would take the default route's interface, and pods' traffic the internet; names differ by provider."""
        server.run()
        assert self.drop_in(server).read_text() == "flannel-iface: enp7s0\n"

    def test_another_interface_restarts(self, server):
        server.run()
        server.stubs.stub("ip", "echo '3: ens10    inet 10.20.1.2/32 scope global ens10'")
        assert server.run().returncode == 0
        assert self.drop_in(server).read_text() == "flannel-iface: ens10\n"
        assert "systemctl restart k3s.service" in server.called("systemctl")

    def test_a_private_network_that_never_comes_up(self, server):
        """The old config stays; waiting ends."""
        server.run()
        server.stubs.stub("ip", "echo '2: eth0    inet 198.51.100.7/32 scope global eth0'")
        done = server.run(CONFIG.replace("60", "80"))
        assert done.returncode == 1
        assert "no interface has the private address 10.20.1.2" in done.stderr
        assert (server.root / "etc/rancher/k3s/config.yaml").read_text() == CONFIG
        assert len(server.called("sleep")) == 60


class TestUnits:
    def test_k3s_does_not_start_without_its_volume(self, server):
        """An empty cluster on the root disk would be worse than none."""
        server.run()
        unit = (server.root / "etc/systemd/system/k3s.service").read_text().replace(str(server.root), "")
        assert "RequiresMountsFor=/var/lib/stagecoach /etc/rancher/node\n" in unit
        assert "AssertPathExists=/var/lib/stagecoach/.stagecoach-deployment\n" in unit

    def test_pods_cannot_ask_the_metadata_service(self, server):
        """The rule stands before k3s starts."""
        server.run()
        unit = (server.root / "etc/systemd/system/stagecoach-metadata.service").read_text()
        rules = server.root / "etc/stagecoach/metadata.nft"
        assert f"ExecStart=/usr/sbin/nft -f {rules}\n" in unit
        assert "ip daddr 169.254.169.254 drop" in rules.read_text()
        assert "Before=k3s.service k3s-agent.service" in unit
        calls = server.called("systemctl")
        assert calls.index("systemctl restart stagecoach-metadata.service") < calls.index(
            "systemctl restart k3s.service"
        )

    def test_pods_reach_the_server_by_its_private_address_only(self, server):
        """On the others SSH and the kubelet listen, too; policies act on a new pod only after a moment."""
        server.run()
        rules = (server.root / "etc/stagecoach/metadata.nft").read_text()
        chain = rules.partition("chain input {")[2].partition("}")[0]
        assert 'iifname "cni0" ip daddr != 10.20.1.2 ct state new reject' in chain
        assert 'iifname "cni0" meta nfproto ipv6 drop' in chain

    def test_nor_do_programs_of_the_hosts_network(self, server):
        """node-exporter; cloud-init and providers' agents are root or system users, and need it."""
        server.run()
        rules = (server.root / "etc/stagecoach/metadata.nft").read_text()
        chain = rules.partition("chain output {")[2].partition("}")[0]
        assert "ip daddr 169.254.169.254 meta skuid >= 1000 reject" in chain
        assert "ip6 daddr fe80::a9fe:a9fe meta skuid >= 1000 reject" in chain

    def test_the_kernels_settings_come_before_the_flag(self, server):
        """The kubelet exits where one differs: they are set before k3s is restarted, and by its unit at each boot."""
        assert server.run().returncode == 0
        file = server.root / "etc/sysctl.d/90-stagecoach-kubelet.conf"
        settings = dict(line.split(" = ") for line in file.read_text().splitlines())
        assert settings == {
            "vm.overcommit_memory": "1",
            "vm.panic_on_oom": "0",
            "kernel.panic": "10",
            "kernel.panic_on_oops": "1",
            "kernel.keys.root_maxkeys": "1000000",
            "kernel.keys.root_maxbytes": "25000000",
        }
        set_them, restart = f"sysctl -q -p {file}", "systemctl restart k3s.service"
        assert server.stubs.calls.index(set_them) < server.stubs.calls.index(restart)
        unit = (server.root / "etc/systemd/system/k3s.service").read_text()
        assert unit.index(f"ExecStartPre=/usr/sbin/{set_them}\n") < unit.index("ExecStart=")

    def test_a_kernel_that_refuses_one_keeps_the_old_k3s(self, server):
        """It runs on, and the update says what failed."""
        server.stubs.stub("sysctl", "echo 'sysctl: permission denied on key vm.panic_on_oom' >&2; exit 255")
        done = server.run()
        assert done.returncode == 255
        assert "vm.panic_on_oom" in done.stderr
        assert "systemctl restart k3s.service" not in server.called("systemctl")

    def test_who_did_what_is_written_down_without_bodies(self, server):
        server.run()
        policy = yaml.safe_load((server.root / "etc/rancher/k3s/audit-policy.yaml").read_text())
        assert {rule["level"] for rule in policy["rules"]} == {"None", "Metadata"}
        assert policy["rules"][-1] == {"level": "Metadata"}
        assert policy["rules"][0]["resources"] == [{"group": "", "resources": ["secrets"]}], "whoever reads one"
        assert all(len(rule) > 1 for rule in policy["rules"][:-1]), "a rule for everything hides what follows"

    def test_another_policy_restarts_k3s(self, server):
        """It is read at the start alone."""
        server.run()
        server.run()
        assert "systemctl restart k3s.service" not in server.called("systemctl")
        script = load("base.sh", "k3s_install.sh").replace("omitStages: [RequestReceived]", "omitStages: []")
        variables = {"K3S_VERSION": VERSION, "K3S_URL": "", "K3S_SHA256": ""}
        server.stubs.forget()
        assert server.stubs.run(script, CONFIG, **variables).returncode == 0
        assert "systemctl restart k3s.service" in server.called("systemctl")

    def test_a_cluster_that_never_gets_ready_is_an_error(self, server):
        server.run()
        server.program.write_text(PROGRAM.format(version=VERSION).replace("Ready", "NotReady"))
        done = server.run()
        assert done.returncode == 1
        assert "journalctl -u k3s" in done.stderr
        assert len(server.called("sleep")) == 120
