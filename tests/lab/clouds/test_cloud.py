"""What the emulated clouds share."""

import pytest

from lab.clouds.addresses import pool
from lab.clouds.cloud import fingerprint, free_host
from lab.clouds.digitalocean import DigitalOceanCloud
from lab.clouds.vultr import VultrCloud
from lab.plugins.package import PluginError
from tests.lab.recorded import SAMPLES, Machines


class TestAddresses:
    def test_public_ones_are_of_the_lab_and_held_once(self, tmp_path):
        """Droplets and reserved addresses draw from one pool."""
        cloud = DigitalOceanCloud(tmp_path, Machines())
        first = cloud.create("reservedIp", {"region": "fra1"})[1]["ipAddress"]
        droplet = {"name": "shop", "region": "fra1", "size": "s-2vcpu-4gb", "image": "debian-12-x64"}
        second = cloud.create("droplet", droplet)[1]["ipv4Address"]
        assert [first, second] == pool(tmp_path)[:2]

    def test_a_private_one_is_the_first_that_is_free(self):
        assert free_host("10.20.1.0/24", ["10.20.1.2", "10.20.1.4"]) == "10.20.1.3"


class TestRefusals:
    def test_what_was_refused_is_not_kept(self, tmp_path):
        cloud = VultrCloud(tmp_path, Machines())
        with pytest.raises(PluginError, match="Invalid plan"):
            cloud.create("instance", {"region": "fra", "plan": "vc2-99c", "osId": 2136})
        assert cloud.store.all("instance") == {}
        assert cloud.machines.told == []

    def test_an_id_that_does_not_exist(self, tmp_path):
        cloud = DigitalOceanCloud(tmp_path, Machines())
        with pytest.raises(PluginError, match=r"GET https://api.digitalocean.com/v2/vpcs/v: 404"):
            cloud.require("vpc", "v")


class TestHiddenFields:
    def test_are_kept_and_not_returned(self, tmp_path):
        cloud = DigitalOceanCloud(tmp_path, Machines())
        resource_id, shown = cloud.create("reservedIp", dict(SAMPLES["digitalocean"]["reservedIp"]))
        assert "holder" not in shown
        assert cloud.store.get("reservedIp", resource_id)["holder"] is None


class TestFingerprint:
    def test_sixteen_bytes(self):
        assert fingerprint("ssh-ed25519 AAAA") == fingerprint("ssh-ed25519 AAAA") != fingerprint("ssh-ed25519 BBBB")
        assert len(fingerprint("ssh-ed25519 AAAA").split(":")) == 16
