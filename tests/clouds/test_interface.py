"""What the three clouds share."""

import ipaddress

import pytest

from infra.clouds import CLOUDS
from infra.clouds.hetzner import server as hetzner
from infra.clouds.interface import celery_private_ip, opened_ports
from infra.pod_network import private_range
from tests.clouds.building import celery_servers

PROVIDERS = ("hetzner", "digitalocean", "vultr")
# k3s's pods and services, and what DigitalOcean keeps to itself.
TAKEN = ("10.42.0.0/16", "10.43.0.0/16", "10.10.0.0/16", "10.229.0.0/16", "10.244.0.0/15", "10.246.0.0/24")


class TestPrivateRange:
    def test_never_changes(self):
        """A change would replace the network, and the server with it."""
        assert private_range("shop") == "10.76.162.0/24"
        assert private_range("shop-staging") == "10.79.226.0/24"

    def test_keeps_away_from_what_is_taken(self):
        """Whatever the name is."""
        taken = [ipaddress.ip_network(one) for one in TAKEN]
        ranges = {ipaddress.ip_network(private_range(f"shop-{number}")) for number in range(2000)}
        assert [one for one in ranges if any(one.overlaps(other) for other in taken)] == []
        assert all(one.subnet_of(ipaddress.ip_network("10.64.0.0/12")) for one in ranges)


class TestOpenedPorts:
    def test_admin_ports_are_closed_to_the_world(self):
        """22 and 6443 only from admin_cidrs."""
        everyone, admins = ("0.0.0.0/0", "::/0"), ("203.0.113.0/24",)
        assert dict(opened_ports(admins)) == {"80": everyone, "443": everyone, "22": admins, "6443": admins}


@pytest.mark.parametrize("provider", PROVIDERS)
class TestCeleryServers:
    def test_a_smaller_count_touches_no_other_server(self, provider):
        """The last one goes, what stays is the same."""
        one, two = celery_servers(provider, 1), celery_servers(provider, 2)
        assert {name: one.inputs(name) for name in one.requests} == {name: two.inputs(name) for name in one.requests}
        assert {name for name in two.requests if name not in one.requests and "-2-" not in name} == set()

    def test_nothing_is_protected(self, provider):
        """The count may go down."""
        made = celery_servers(provider, 2)
        assert [name for name, request in made.requests.items() if request.protect] == []

    def test_preview(self, provider):
        """Nothing hangs on an id that is not known yet."""
        assert celery_servers(provider, 2, preview=True).requests.keys() == celery_servers(provider, 2).requests.keys()


def test_hetzner_zones_cover_the_catalog():
    """A subnet needs the zone of its region."""
    assert set(hetzner.ZONES) >= set(CLOUDS["hetzner"].catalog.regions)


def test_celery_private_ip():
    """Behind the server's own address."""
    assert [celery_private_ip(number) for number in (1, 20)] == ["10.20.1.11", "10.20.1.30"]
