"""Vultr: what the API would ask for, and what keeps the instance."""

import ipaddress

import pytest

from infra.pod_network import private_range
from tests.clouds.building import server
from tests.graphs import waits_for


@pytest.fixture(scope="module")
def made():
    return server("vultr")


def opened(made):
    """Each rule's port and source."""
    return {
        (rule["port"], f"{rule['subnet']}/{rule['subnetSize']}", rule["ipType"])
        for rule in map(made.inputs, made.of_type("vultr:index/firewallRule:FirewallRule"))
    }


class TestVultrServer:
    def test_the_address_is_given_at_creation(self, made):
        """One that comes later must be configured in the guest."""
        assert made.inputs("server-server")["reservedIpId"] == "4711"

    def test_the_address_has_one_owner(self, made):
        """A refresh shows the instance in the address, too: an update would take it away."""
        assert "instanceId" in made.requests["server-address"].ignoreChanges

    def test_user_data_is_plain(self, made):
        """The provider encodes it."""
        assert made.inputs("server-server")["userData"].startswith("#cloud-config")

    def test_the_volume_is_attached_without_a_restart(self, made):
        volume = made.inputs("server-data")
        assert (volume["attachedToInstance"], volume["live"], volume["sizeGb"]) == ("4711", True, 40)
        assert volume["blockType"] == "high_perf"

    def test_private_network(self, made):
        """From the first day, in the deployment's own range."""
        network = made.inputs("server-network")
        inside = ipaddress.ip_network(private_range("shop"))
        assert (network["v4Subnet"], network["v4SubnetMask"]) == (str(inside.network_address), 24)
        assert made.inputs("server-server")["vpcIds"] == ["4711"]

    def test_firewall(self, made):
        """A rule per port, source and family; what is not named is closed."""
        assert opened(made) == {
            (port, source, family) for port in ("80", "443") for source, family in (("0.0.0.0/0", "v4"), ("::/0", "v6"))
        } | {
            (port, source, family)
            for port in ("22", "6443")
            for source, family in (("203.0.113.0/24", "v4"), ("2001:db8::/48", "v6"))
        }

    def test_a_new_admin_leaves_the_other_rules_alone(self, made):
        """Every field of a rule replaces it, so that rules are named after what they open."""
        more = server("vultr", admin_cidrs=("198.51.100.0/24", "203.0.113.0/24", "2001:db8::/48"))
        rules = made.of_type("vultr:index/firewallRule:FirewallRule")
        assert {name: made.inputs(name) for name in rules} == {name: more.inputs(name) for name in rules}

    def test_the_volume_comes_after_the_first_answer(self, made):
        """Until then the instance is locked (terraform-provider-vultr#482); SSH needs the rules."""
        assert "server-first-answer" in waits_for(made, "server-data")
        before = waits_for(made, "server-first-answer")
        assert {"server-server", "server-firewall-22-203.0.113.0/24"} <= before
        assert made.inputs("server-first-answer")["connection"]["host"] == "198.51.100.7"

    def test_the_volumes_label_is_given(self):
        """Only another one lets it be attached again (terraform-provider-vultr#660)."""
        assert server("vultr", volume_label="shop-data").inputs("server-data")["label"] == "shop-data"
