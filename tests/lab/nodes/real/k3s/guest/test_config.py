"""The stack's own configs are read whole; what k3s would not know is refused."""

from pathlib import Path

import pytest

from lab.nodes.real.k3s.guest.config import AGENT, SERVER, read_config
from lab.nodes.real.k3s.guest.refusal import RefusalError
from tests.lab.nodes.real.k3s.guest.configs import agent_text, server_text, write


class TestServer:
    def test_the_stacks_config_is_read(self, tmp_path):
        """Every key that infra/components/k3s_config.py renders is played."""
        config = read_config(SERVER, write(tmp_path, server_text()))
        assert (config.node_name, config.node_ip, config.node_external_ips) == ("shop", "10.20.1.2", ("127.64.1.2",))
        assert config.data_dir == Path("/var/lib/stagecoach/k3s")
        assert config.local_storage_path == "/var/lib/stagecoach/volumes"
        assert config.advertise_address == "10.20.1.2"
        assert config.tls_sans == ("127.64.1.2", "10.20.1.2")
        assert (config.token, config.agent_token) == ("server-secret", "agent-secret")
        assert config.secrets_encryption is True
        assert config.kubeconfig_mode == 0o600
        assert config.node_labels == ("stagecoach.dev/role=server",)
        assert "max-pods=60" in config.kubelet_args
        assert config.flannel_iface == "eth1"
        assert (config.cluster_dns, config.api_service) == ("10.43.0.10", "10.43.0.1")

    def test_network_policies_can_be_switched_off(self, tmp_path):
        """By k3s's own key; they are on without it."""
        assert read_config(SERVER, write(tmp_path, server_text())).disable_network_policy is False
        path = write(tmp_path, server_text(**{"disable-network-policy": True}))
        assert read_config(SERVER, path).disable_network_policy is True

    def test_unknown_key_is_refused_by_name(self, tmp_path):
        with pytest.raises(RefusalError, match="flag provided but not defined: -kublet-arg"):
            read_config(SERVER, write(tmp_path, server_text(**{"kublet-arg": ["max-pods=1"]})))

    def test_an_agents_key_is_none_of_the_servers(self, tmp_path):
        with pytest.raises(RefusalError, match="not defined: -server"):
            read_config(SERVER, write(tmp_path, server_text(server="https://10.20.1.9:6443")))

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"disable-network-policy": "yes"}, "disable-network-policy is not true or false"),
            ({"secrets-encryption": "yes"}, "secrets-encryption is not true or false"),
            ({"node-ip": ["10.20.1.2"]}, "node-ip is no text"),
            ({"tls-san": [{"a": 1}]}, "tls-san holds more than texts"),
            ({"disable": ["treafik"]}, "disable=treafik is nothing that k3s bundles"),
        ],
    )
    def test_wrong_values_are_refused(self, tmp_path, change, words):
        with pytest.raises(RefusalError, match=words):
            read_config(SERVER, write(tmp_path, server_text(**change)))

    def test_all_mistakes_are_told_at_once(self, tmp_path):
        with pytest.raises(RefusalError, match=r"-one;.*-two"):
            read_config(SERVER, write(tmp_path, server_text(one=1, two=2)))

    def test_no_yaml(self, tmp_path):
        with pytest.raises(RefusalError, match="is no YAML"):
            read_config(SERVER, write(tmp_path, "node-name: [\n"))

    def test_no_mapping(self, tmp_path):
        with pytest.raises(RefusalError, match="holds no mapping"):
            read_config(SERVER, write(tmp_path, "- node-name\n"))


class TestDropIns:
    def test_later_file_wins_and_plus_appends(self, tmp_path):
        """As k3s merges them."""
        path = write(tmp_path, server_text())
        (tmp_path / "config.yaml.d" / "z.yaml").write_text("node-name: other\ntls-san+: shop.example\n")
        config = read_config(SERVER, path)
        assert config.node_name == "other"
        assert config.tls_sans == ("127.64.1.2", "10.20.1.2", "shop.example")

    def test_a_second_external_address(self, tmp_path):
        """base.sh writes it where packets arrive under another address than the public one."""
        path = write(tmp_path, server_text())
        (tmp_path / "config.yaml.d" / "z.yaml").write_text("node-external-ip+:\n- 10.17.0.5\n")
        assert read_config(SERVER, path).node_external_ips == ("127.64.1.2", "10.17.0.5")

    def test_token_file(self, tmp_path):
        (tmp_path / "token").write_text("from-file\n")
        path = write(tmp_path, server_text(**{"token-file": str(tmp_path / "token")}))
        assert read_config(SERVER, path).token == "from-file"


class TestAgent:
    def test_the_stacks_config_is_read(self, tmp_path):
        config = read_config(AGENT, write(tmp_path, agent_text()))
        assert (config.server, config.token) == ("https://10.20.1.2:6443", "agent-secret")
        assert config.node_taints == ("stagecoach.dev/role=server:NoSchedule",)
        assert config.data_dir == Path("/var/lib/rancher/k3s")

    def test_server_and_token_are_needed(self, tmp_path):
        with pytest.raises(RefusalError, match="--server is required; --token is required"):
            read_config(AGENT, write(tmp_path, "node-ip: 10.20.1.3\n"))

    def test_a_servers_key_is_none_of_the_agents(self, tmp_path):
        with pytest.raises(RefusalError, match="not defined: -tls-san"):
            read_config(AGENT, write(tmp_path, agent_text(**{"tls-san": ["a"]})))
