"""Droplets and reserved addresses of the emulated DigitalOcean."""

import pytest

from lab.clouds.digitalocean import DigitalOceanCloud
from lab.machines import Size
from lab.plugins.package import PluginError
from tests.lab.recorded import Machines

SHOP = {"name": "shop", "region": "fra1", "size": "s-2vcpu-4gb", "image": "debian-12-x64"}


@pytest.fixture
def cloud(tmp_path):
    return DigitalOceanCloud(tmp_path, Machines())


def droplet(cloud, **changes):
    return cloud.create("droplet", {**SHOP, **changes})


class TestDroplet:
    def test_shows_what_the_api_computes(self, cloud):
        vpc, _ = cloud.create("vpc", {"name": "shop", "region": "fra1", "ipRange": "10.20.1.0/24"})
        made, shown = droplet(cloud, vpcUuid=vpc)
        assert int(made) > 0
        assert [shown[key] for key in ("disk", "vcpus", "memory", "priceMonthly")] == [80, 2, 4096, 24.0]
        assert (shown["ipv4AddressPrivate"], shown["dropletUrn"]) == ("10.20.1.2", f"do:droplet:{made}")
        public = shown["ipv4Address"]
        assert cloud.machines.told == [
            ("server_created", public, "shop", Size(vcpu=2, memory_mib=4096, disk_gb=80), ""),
            ("network_joined", public, "10.20.1.2", "10.20.1.0/24"),
        ]

    def test_names_need_not_be_unique(self, cloud):
        """And each gets a private address of its own."""
        found = [droplet(cloud)[1]["ipv4AddressPrivate"] for _ in range(2)]
        assert found == ["10.100.0.2", "10.100.0.3"]

    @pytest.mark.parametrize("changes", [{"size": "s-99vcpu"}, {"region": "moon1"}])
    def test_sizes_and_regions_are_the_catalogs(self, cloud, changes):
        with pytest.raises(PluginError, match="v2/droplets: 422 You specified an invalid size"):
            droplet(cloud, **changes)

    def test_a_tag_has_no_equals_sign(self, cloud):
        with pytest.raises(PluginError, match="the tag a=b has more than letters"):
            droplet(cloud, tags=["a=b"])

    def test_a_name_is_a_host_name(self, cloud):
        with pytest.raises(PluginError, match="Only valid hostname characters are allowed"):
            droplet(cloud, name="the_shop")

    def test_its_network_is_in_its_region(self, cloud):
        vpc, _ = cloud.create("vpc", {"name": "shop", "region": "nyc3"})
        with pytest.raises(PluginError, match="is in another region"):
            droplet(cloud, vpcUuid=vpc)

    def test_is_resized_in_place_and_back(self, cloud):
        """Without `resizeDisk` the disk stays small, so the way back is open."""
        made, _ = droplet(cloud, resizeDisk=False)
        grown = cloud.update("droplet", made, {**SHOP, "resizeDisk": False, "size": "s-4vcpu-8gb"})
        assert [grown[key] for key in ("vcpus", "memory", "disk")] == [4, 8192, 80]
        size = Size(vcpu=4, memory_mib=8192, disk_gb=80)
        assert cloud.machines.told[-1] == ("server_resized", grown["ipv4Address"], size)
        assert cloud.update("droplet", made, {**SHOP, "resizeDisk": False})["memory"] == 4096

    def test_a_grown_disk_does_not_shrink(self, cloud):
        """`resizeDisk` is on unless it is turned off."""
        made, _ = droplet(cloud)
        assert cloud.update("droplet", made, {**SHOP, "size": "s-4vcpu-8gb"})["disk"] == 160
        with pytest.raises(PluginError, match="422 Size can not decrease size of Droplet's disk image"):
            cloud.update("droplet", made, SHOP)


class TestReservedIp:
    @pytest.fixture
    def address(self, cloud):
        return cloud.create("reservedIp", {"region": "fra1"})[0]

    def assign(self, cloud, address, made):
        return cloud.create("reservedIpAssignment", {"dropletId": int(made), "ipAddress": address})[0]

    def test_its_id_is_the_address(self, cloud, address):
        assert cloud.read("reservedIp", address)["ipAddress"] == address

    def test_the_droplet_answers_there_from_the_assignment_on(self, cloud, address):
        """It keeps its own address beside it; what happens to it happens at the new one."""
        made, shown = droplet(cloud)
        own = shown["ipv4Address"]
        assignment = self.assign(cloud, address, made)
        assert cloud.machines.told[-1] == ("address_changed", own, address)
        assert cloud.read("droplet", made)["ipv4Address"] == own
        cloud.update("droplet", made, {**SHOP, "size": "s-4vcpu-8gb"})
        assert cloud.machines.told[-1] == ("server_resized", address, Size(vcpu=4, memory_mib=8192, disk_gb=160))
        cloud.delete("reservedIpAssignment", assignment)
        assert cloud.machines.told[-1] == ("address_changed", address, own)
        cloud.delete("droplet", made)
        assert cloud.machines.told[-1] == ("server_deleted", own)

    def test_moves_to_another_droplet(self, cloud, address):
        first, second = droplet(cloud), droplet(cloud)
        old = self.assign(cloud, address, first[0])
        self.assign(cloud, address, second[0])
        assert cloud.machines.told[-2:] == [
            ("address_changed", address, first[1]["ipv4Address"]),
            ("address_changed", second[1]["ipv4Address"], address),
        ]
        assert cloud.read("reservedIpAssignment", old) is None

    def test_a_droplet_has_one(self, cloud, address):
        made, _ = droplet(cloud)
        self.assign(cloud, address, made)
        other, _ = cloud.create("reservedIp", {"region": "fra1"})
        with pytest.raises(PluginError, match="422 the droplet has a reserved IP already"):
            self.assign(cloud, other, made)

    def test_stays_in_its_region(self, cloud):
        far, _ = cloud.create("reservedIp", {"region": "nyc3"})
        with pytest.raises(PluginError, match="422 the address is in another region"):
            self.assign(cloud, far, droplet(cloud)[0])

    def test_an_assigned_one_is_not_deleted(self, cloud, address):
        made, _ = droplet(cloud)
        self.assign(cloud, address, made)
        with pytest.raises(PluginError, match="400 assigned FLIP cannot be released"):
            cloud.delete("reservedIp", address)
        cloud.delete("droplet", made)
        cloud.delete("reservedIp", address)
        assert cloud.read("reservedIp", address) is None
