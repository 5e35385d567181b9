"""The emulated Hetzner Cloud: what its objects do to each other."""

import pytest

from lab.clouds.hetzner import HetznerCloud
from lab.plugins.package import PluginError
from tests.lab.recorded import Machines

SHOP = {"name": "shop", "serverType": "cx23", "image": "debian-12", "location": "nbg1"}


@pytest.fixture
def cloud(tmp_path):
    return HetznerCloud(tmp_path, Machines())


class TestServer:
    def test_its_firewalls_must_exist(self, cloud):
        with pytest.raises(PluginError, match=r"firewall 1 not found \(not_found\)"):
            cloud.create("server", {**SHOP, "firewallIds": [1]})
        assert cloud.store.all("server") == {}

    def test_has_a_public_address(self, cloud):
        with pytest.raises(PluginError, match="no server without a public IPv4 address"):
            cloud.create("server", {**SHOP, "publicNets": [{"ipv4Enabled": False}]})

    def test_a_name_changes_to_a_free_one(self, cloud):
        server, _ = cloud.create("server", SHOP)
        cloud.create("server", {**SHOP, "name": "other"})
        assert cloud.update("server", server, {"name": "third"})["name"] == "third"
        with pytest.raises(PluginError, match="already used"):
            cloud.update("server", server, {"name": "other"})


class TestVolume:
    def test_stays_in_its_location(self, cloud):
        server, _ = cloud.create("server", SHOP)
        volume, _ = cloud.create("volume", {"name": "shop", "location": "fsn1", "size": 40})
        with pytest.raises(PluginError, match="in another location than the server"):
            cloud.create("volumeAttachment", {"volumeId": int(volume), "serverId": int(server)})


def test_a_firewalls_rule_takes_a_hundred_networks(cloud):
    networks = [f"203.0.113.{number}/32" for number in range(101)]
    firewall, _ = cloud.create("firewall", {"name": "shop", "rules": [{"port": "22", "sourceIps": networks[:100]}]})
    rules = [{"port": "80"}, {"port": "22", "sourceIps": networks}]
    with pytest.raises(PluginError, match=r"rules\[1\]\.source_ips.*value required to be smaller"):
        cloud.update("firewall", firewall, {"name": "shop", "rules": rules})
    with pytest.raises(PluginError, match="value required to be smaller"):
        cloud.create("firewall", {"name": "other", "rules": rules})
