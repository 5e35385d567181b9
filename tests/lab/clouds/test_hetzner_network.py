"""Private networks of the emulated Hetzner Cloud."""

import pytest

from lab.clouds.hetzner import HetznerCloud
from lab.plugins.package import PluginError
from tests.lab.recorded import Machines


@pytest.fixture
def cloud(tmp_path):
    return HetznerCloud(tmp_path, Machines())


def network(cloud):
    """A network with one subnet: both ids."""
    made, _ = cloud.create("network", {"name": "shop", "ipRange": "10.20.0.0/16"})
    subnet = {"networkId": int(made), "ipRange": "10.20.1.0/24", "type": "cloud", "networkZone": "eu-central"}
    return made, cloud.create("networkSubnet", subnet)[0]


def server(cloud, name="shop"):
    inputs = {"name": name, "serverType": "cx23", "image": "debian-12", "location": "nbg1"}
    return cloud.create("server", inputs)


class TestServerNetwork:
    def test_ids_are_made_of_both_ends(self, cloud):
        """As the provider writes them; what is asked for and what the machines are told is the same."""
        made, subnet = network(cloud)
        member, shown = server(cloud)
        joined, outputs = cloud.create("serverNetwork", {"serverId": int(member), "subnetId": subnet})
        assert (subnet, joined) == (f"{made}-10.20.1.0/24", f"{member}-{made}")
        assert outputs["ip"] == "10.20.1.2"
        assert cloud.machines.told[-1] == ("network_joined", shown["ipv4Address"], "10.20.1.2", "10.20.1.0/24")

    def test_several_servers_share_a_network(self, cloud):
        """Each on an address of its own."""
        _, subnet = network(cloud)
        found = [
            cloud.create("serverNetwork", {"serverId": int(server(cloud, name)[0]), "subnetId": subnet})[1]["ip"]
            for name in ("shop", "shop-celery-1", "shop-celery-2")
        ]
        assert found == ["10.20.1.2", "10.20.1.3", "10.20.1.4"]

    def test_needs_a_subnet(self, cloud):
        made, _ = cloud.create("network", {"name": "shop", "ipRange": "10.20.0.0/16"})
        with pytest.raises(PluginError, match="no_subnet_available"):
            cloud.create("serverNetwork", {"serverId": int(server(cloud)[0]), "networkId": int(made)})

    def test_goes_with_its_server(self, cloud):
        _, subnet = network(cloud)
        member, _ = server(cloud)
        joined, _ = cloud.create("serverNetwork", {"serverId": int(member), "subnetId": subnet})
        cloud.delete("server", member)
        assert cloud.read("serverNetwork", joined) is None
        again = {"serverId": int(server(cloud)[0]), "subnetId": subnet, "ip": "10.20.1.2"}
        assert cloud.create("serverNetwork", again)[1]["ip"] == "10.20.1.2"
