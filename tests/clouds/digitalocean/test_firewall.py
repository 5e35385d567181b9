"""DigitalOcean's firewall: it looks at the private network and at what goes out, too."""

import pytest

from infra.pod_network import private_range
from tests.clouds.building import ADMINS, server

EVERYONE = ["0.0.0.0/0", "::/0"]


@pytest.fixture(scope="module")
def made():
    return server("digitalocean")


class TestFirewall:
    def test_what_comes_in(self, made):
        """The shop for everyone, SSH and the API for admins, all of the private network."""
        rules = [
            (rule["protocol"], rule.get("portRange"), rule["sourceAddresses"])
            for rule in made.inputs("server-firewall")["inboundRules"]
        ]
        inside = [private_range("shop")]
        assert rules == [
            ("tcp", "80", EVERYONE),
            ("tcp", "443", EVERYONE),
            ("tcp", "22", list(ADMINS)),
            ("tcp", "6443", list(ADMINS)),
            ("tcp", "1-65535", inside),
            ("udp", "1-65535", inside),
            ("icmp", None, inside),
        ]

    def test_what_goes_out(self, made):
        """Without these rules nothing would: no packages, no images, no mail."""
        rules = made.inputs("server-firewall")["outboundRules"]
        assert {rule["protocol"] for rule in rules} == {"tcp", "udp", "icmp"}
        assert all(rule["destinationAddresses"] == EVERYONE for rule in rules)

    def test_the_firewall_is_no_tag(self, made):
        """A tag would put every Droplet of that tag behind it, Celery's too."""
        assert made.inputs("server-firewall")["dropletIds"] == [4711]
        assert "tags" not in made.inputs("server-firewall")
