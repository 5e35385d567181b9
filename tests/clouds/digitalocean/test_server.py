"""DigitalOcean: what the API would ask for, and what keeps the Droplet."""

import pytest

from infra.pod_network import private_range
from tests.clouds.building import server


@pytest.fixture(scope="module")
def made():
    return server("digitalocean")


class TestDigitalOceanServer:
    def test_the_disk_stays(self, made):
        """A resize with the disk has no way back."""
        assert made.inputs("server-server")["resizeDisk"] is False

    def test_the_network_is_there_from_the_start(self, made):
        """A later one would replace the Droplet."""
        assert made.inputs("server-server")["vpcUuid"] == "4711"
        assert made.inputs("server-network")["ipRange"] == private_range("shop")

    def test_the_volume_has_one_owner(self, made):
        """The attachment; it comes without a file system, DataVolume makes it."""
        assert "volumeIds" not in made.inputs("server-server")
        assert "initialFilesystemType" not in made.inputs("server-data")
        assert made.inputs("server-data-attachment") == {"volumeId": "4711", "dropletId": 4711}

    def test_the_address_has_one_owner(self, made):
        """A refresh shows the Droplet in the address, too: an update would take it away."""
        assert made.requests["server-address"].ignoreChanges == ["dropletId"]
        assert made.inputs("server-address-assignment") == {"ipAddress": "198.51.100.7", "dropletId": 4711}
