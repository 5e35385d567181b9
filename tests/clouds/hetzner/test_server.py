"""Hetzner: what the API would ask for, and what keeps the server."""

import re
from pathlib import Path

import pytest

from tests.clouds.building import ADMINS, server

REQUIREMENTS = Path(__file__).resolve().parents[3] / "requirements.in"


@pytest.fixture(scope="module")
def made():
    return server("hetzner")


class TestHetznerServer:
    def test_protection_is_the_clouds_too(self, made):
        """Server, volume, address and network refuse deletion in the console as well."""
        for name in ("server-server", "server-data", "server-address", "server-network"):
            assert made.inputs(name)["deleteProtection"] is True
        assert made.inputs("server-server")["rebuildProtection"] is True

    def test_the_address_is_given_at_creation(self, made):
        """And outlives the server."""
        assert made.inputs("server-server")["publicNets"][0]["ipv4"] == 4711
        assert made.inputs("server-address")["autoDelete"] is False

    def test_the_address_says_nothing_of_its_server(self, made):
        """The provider warns of an assignee_type without an assignee_id at every run."""
        assert not {"assigneeType", "assigneeId"} & made.inputs("server-address").keys()

    def test_the_provider_leaves_an_assignment_alone_that_it_is_not_told(self):
        """Fixed in terraform-provider-hcloud 1.65 (#1439); pulumi-hcloud 1.43 is built on a later one, 1.37 was not."""
        pin = re.search(r"^pulumi-hcloud==(\d+)\.(\d+)", REQUIREMENTS.read_text(), re.MULTILINE)
        assert tuple(map(int, pin.groups())) >= (1, 43)

    def test_private_address(self, made):
        """The k3s server's own, outside of what Celery servers get."""
        assert made.inputs("server-private")["ip"] == "10.20.1.2"
        assert made.inputs("server-subnet")["networkZone"] == "eu-central"

    def test_firewall(self, made):
        """What is not named is closed."""
        rules = {rule["port"]: rule["sourceIps"] for rule in made.inputs("server-firewall")["rules"]}
        everyone = ["0.0.0.0/0", "::/0"]
        assert rules == {"80": everyone, "443": everyone, "22": list(ADMINS), "6443": list(ADMINS)}
