"""The emulated DigitalOcean refuses what the real API refuses: networks, volumes, firewalls, keys."""

import pytest

from lab.clouds.digitalocean import DigitalOceanCloud
from lab.plugins.package import PluginError
from tests.lab.recorded import Machines

SHOP = {"name": "shop", "region": "fra1"}
RULE = {"protocol": "tcp", "portRange": "443", "sourceAddresses": ["0.0.0.0/0", "::/0"]}


@pytest.fixture
def cloud(tmp_path):
    return DigitalOceanCloud(tmp_path, Machines())


def droplet(cloud, **changes):
    inputs = {**SHOP, "size": "s-2vcpu-4gb", "image": "debian-12-x64", "tags": ["shop"], **changes}
    return int(cloud.create("droplet", inputs)[0])


class TestVpc:
    def test_names_are_unique(self, cloud):
        cloud.create("vpc", SHOP)
        with pytest.raises(PluginError, match=r"POST https://api.digitalocean.com/v2/vpcs: 422 the name shop must be"):
            cloud.create("vpc", {**SHOP, "region": "nyc3"})

    def test_a_name_has_no_underscore(self, cloud):
        with pytest.raises(PluginError, match="letters, digits, dashes and periods"):
            cloud.create("vpc", {**SHOP, "name": "the_shop"})

    def test_ranges_of_one_account_do_not_overlap(self, cloud):
        cloud.create("vpc", {**SHOP, "ipRange": "10.20.0.0/16"})
        with pytest.raises(PluginError, match=r"overlaps with another VPC network in your account: shop 10.20.0.0/16"):
            cloud.create("vpc", {**SHOP, "name": "other", "ipRange": "10.20.1.0/24"})

    @pytest.mark.parametrize("wanted", ["10.0.0.0/15", "10.0.0.0/29"])
    def test_ranges_have_limits(self, cloud, wanted):
        with pytest.raises(PluginError, match="between /16 and /28"):
            cloud.create("vpc", {**SHOP, "ipRange": wanted})

    def test_a_range_is_found_where_none_is_asked_for(self, cloud):
        found = [cloud.create("vpc", {**SHOP, "name": name})[1]["ipRange"] for name in ("one", "two")]
        assert found == ["10.100.0.0/20", "10.100.16.0/20"]

    def test_members_keep_it(self, cloud):
        vpc, shown = cloud.create("vpc", SHOP)
        assert shown["vpcUrn"] == f"do:vpc:{vpc}"
        member = droplet(cloud, vpcUuid=vpc)
        with pytest.raises(PluginError, match="409 Can not delete VPC with members"):
            cloud.delete("vpc", vpc)
        cloud.delete("droplet", str(member))
        cloud.delete("vpc", vpc)
        assert cloud.read("vpc", vpc) is None


class TestVolume:
    def test_names_are_unique_in_a_region(self, cloud):
        cloud.create("volume", {**SHOP, "size": 40})
        cloud.create("volume", {**SHOP, "region": "nyc3", "size": 40})
        with pytest.raises(PluginError, match="409 the name shop is in use in fra1"):
            cloud.create("volume", {**SHOP, "size": 40})

    @pytest.mark.parametrize("name", ["Shop", "1shop", "the_shop", "s" * 65])
    def test_names_are_device_names(self, cloud, name):
        with pytest.raises(PluginError, match="lower-case letters"):
            cloud.create("volume", {**SHOP, "name": name, "size": 40})

    def test_grows_only(self, cloud):
        volume, _ = cloud.create("volume", {**SHOP, "size": 40})
        assert cloud.update("volume", volume, {"size": 60})["size"] == 60
        with pytest.raises(PluginError, match="can only be expanded"):
            cloud.update("volume", volume, {"size": 40})

    def test_has_one_droplet_at_a_time(self, cloud):
        volume, _ = cloud.create("volume", {**SHOP, "size": 40})
        first, second = droplet(cloud), droplet(cloud)
        attachment, _ = cloud.create("volumeAttachment", {"dropletId": first, "volumeId": volume})
        assert attachment.startswith(f"{first}-{volume}-")
        assert cloud.read("volume", volume)["dropletIds"] == [first]
        assert cloud.read("droplet", str(first))["volumeIds"] == [volume]
        with pytest.raises(PluginError, match="attached to another droplet"):
            cloud.create("volumeAttachment", {"dropletId": second, "volumeId": volume})
        with pytest.raises(PluginError, match="409 attached volume cannot be deleted"):
            cloud.delete("volume", volume)
        cloud.delete("volumeAttachment", attachment)
        assert cloud.read("droplet", str(first))["volumeIds"] == []
        cloud.delete("volume", volume)

    def test_stays_in_its_region(self, cloud):
        volume, _ = cloud.create("volume", {**SHOP, "region": "nyc3", "size": 40})
        with pytest.raises(PluginError, match="in another region"):
            cloud.create("volumeAttachment", {"dropletId": droplet(cloud), "volumeId": volume})

    def test_outlives_its_droplet(self, cloud):
        volume, _ = cloud.create("volume", {**SHOP, "size": 40})
        member = droplet(cloud)
        attachment, _ = cloud.create("volumeAttachment", {"dropletId": member, "volumeId": volume})
        cloud.delete("droplet", str(member))
        assert cloud.read("volume", volume)["dropletIds"] == []
        assert cloud.read("volumeAttachment", attachment) is None


class TestFirewall:
    def test_names_are_unique(self, cloud):
        firewall, _ = cloud.create("firewall", {"name": "shop", "inboundRules": [RULE]})
        with pytest.raises(PluginError, match="v2/firewalls: 409 duplicate name"):
            cloud.create("firewall", {"name": "shop", "inboundRules": [RULE]})
        cloud.update("firewall", firewall, {"name": "shop", "inboundRules": [RULE]})

    def test_a_rule_takes_a_thousand_addresses(self, cloud):
        addresses = [f"10.{number // 256}.{number % 256}.0/24" for number in range(1001)]
        cloud.create("firewall", {"name": "shop", "inboundRules": [{**RULE, "sourceAddresses": addresses[:1000]}]})
        with pytest.raises(PluginError, match="422 a rule has more than 1000 addresses"):
            cloud.create("firewall", {"name": "other", "inboundRules": [{**RULE, "sourceAddresses": addresses}]})

    def test_has_a_rule(self, cloud):
        with pytest.raises(PluginError, match="422 must have at least one rule"):
            cloud.create("firewall", {"name": "shop"})

    def test_addresses_are_networks(self, cloud):
        with pytest.raises(PluginError, match="422 invalid address everywhere"):
            cloud.create("firewall", {"name": "shop", "inboundRules": [{**RULE, "sourceAddresses": ["everywhere"]}]})

    def test_makes_no_tags(self, cloud):
        """A droplet that carries the tag comes first."""
        inputs = {"name": "shop", "tags": ["shop"], "inboundRules": [RULE]}
        with pytest.raises(PluginError, match="422 tag shop does not exist"):
            cloud.create("firewall", inputs)
        droplet(cloud)
        assert cloud.create("firewall", inputs)[1]["status"] == "succeeded"

    def test_forgets_a_droplet_that_is_gone(self, cloud):
        first, second = droplet(cloud), droplet(cloud)
        inputs = {"name": "shop", "dropletIds": [first, second], "inboundRules": [RULE]}
        firewall, _ = cloud.create("firewall", inputs)
        cloud.delete("droplet", str(first))
        assert cloud.read("firewall", firewall)["dropletIds"] == [second]

    def test_droplets_must_exist(self, cloud):
        with pytest.raises(PluginError, match="404"):
            cloud.create("firewall", {"name": "shop", "dropletIds": [1], "inboundRules": [RULE]})


class TestSshKey:
    def test_a_key_is_there_once(self, cloud):
        """Whatever its name is."""
        cloud.create("sshKey", {"name": "shop", "publicKey": "ssh-ed25519 AAAA"})
        with pytest.raises(PluginError, match="422 SSH Key is already in use on your account"):
            cloud.create("sshKey", {"name": "other", "publicKey": "ssh-ed25519 AAAA"})
