"""The emulated Vultr refuses what the real API refuses: networks, firewalls, keys."""

import pytest

from lab.clouds.vultr import VultrCloud
from lab.plugins.package import PluginError
from tests.lab.recorded import Machines

RULE = {"ipType": "v4", "protocol": "tcp", "port": "443", "subnet": "0.0.0.0", "subnetSize": 0}


@pytest.fixture
def cloud(tmp_path):
    return VultrCloud(tmp_path, Machines())


class TestVpc:
    def test_descriptions_need_not_be_unique(self, cloud):
        """The API finds a range for each."""
        found = [cloud.create("vpc", {"region": "fra", "description": "shop"})[1] for _ in range(2)]
        assert [(one["v4Subnet"], one["v4SubnetMask"]) for one in found] == [("10.100.0.0", 20), ("10.100.16.0", 20)]

    @pytest.mark.parametrize("wrong", [{"v4Subnet": "10.20.1.0"}, {"v4Subnet": "10.20.1.1", "v4SubnetMask": 24}])
    def test_a_range_is_whole(self, cloud, wrong):
        with pytest.raises(PluginError, match=r'^error creating VPC: \{"error":".*","status":400\}$'):
            cloud.create("vpc", {"region": "fra", **wrong})

    def test_members_keep_it(self, cloud):
        vpc, _ = cloud.create("vpc", {"region": "fra", "v4Subnet": "10.20.1.0", "v4SubnetMask": 24})
        member, shown = cloud.create("instance", {"region": "fra", "plan": "vc2-2c-4gb", "osId": 2136, "vpcIds": [vpc]})
        with pytest.raises(PluginError, match=f'cannot remove attached VPC: .*VPC is attached to {shown["mainIp"]}"'):
            cloud.delete("vpc", vpc)
        cloud.delete("instance", member)
        cloud.delete("vpc", vpc)
        assert cloud.read("vpc", vpc) is None


class TestFirewall:
    @pytest.fixture
    def group(self, cloud):
        return cloud.create("firewallGroup", {"description": "shop"})[0]

    def test_rules_are_numbered_and_counted(self, cloud, group):
        rule, _ = cloud.create("firewallRule", {**RULE, "firewallGroupId": group})
        assert int(rule) > 0
        assert cloud.read("firewallGroup", group)["ruleCount"] == 1
        cloud.delete("firewallRule", rule)
        assert cloud.read("firewallGroup", group)["ruleCount"] == 0

    @pytest.mark.parametrize(
        "wrong",
        [{"protocol": "TCP"}, {"ipType": "ipv4"}, {"subnet": "everywhere"}, {"subnet": "::"}, {"subnetSize": 33}],
    )
    def test_wrong_rules(self, cloud, group, wrong):
        with pytest.raises(PluginError, match=r"^error creating firewall rule : "):
            cloud.create("firewallRule", {**RULE, "firewallGroupId": group, **wrong})

    def test_a_group_has_fifty_rules(self, cloud, group):
        for _ in range(50):
            cloud.create("firewallRule", {**RULE, "firewallGroupId": group})
        with pytest.raises(PluginError, match="at most 50 rules"):
            cloud.create("firewallRule", {**RULE, "firewallGroupId": group})

    def test_rules_go_with_their_group(self, cloud, group):
        cloud.create("firewallRule", {**RULE, "firewallGroupId": group})
        cloud.delete("firewallGroup", group)
        assert cloud.store.all("firewallRule") == {}

    def test_a_rule_needs_its_group(self, cloud):
        with pytest.raises(PluginError, match="invalid firewallGroup ID"):
            cloud.create("firewallRule", {**RULE, "firewallGroupId": "none"})


class TestSshKey:
    def test_is_there_as_often_as_one_likes(self, cloud):
        first, second = (cloud.create("sSHKey", {"name": "shop", "sshKey": "ssh-ed25519 AAAA"})[0] for _ in range(2))
        assert first != second
