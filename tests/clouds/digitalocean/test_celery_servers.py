"""Celery servers at DigitalOcean: private, closed, in place."""

import pytest

from infra.pod_network import private_range
from tests.clouds.building import celery_servers


@pytest.fixture(scope="module")
def made():
    return celery_servers("digitalocean", 2)


class TestDigitalOceanCeleryServers:
    def test_names(self, made):
        """After the deployment; numbers begin at 1."""
        names = [made.inputs(name)["name"] for name in made.of_type("digitalocean:index/droplet:Droplet")]
        assert names == ["shop-celery-1", "shop-celery-2"]

    def test_in_the_private_network(self, made):
        """From their creation: a later one would replace them."""
        assert made.inputs("celery-servers-1-server")["vpcUuid"] == "network-1"

    def test_only_the_private_network_comes_in(self, made):
        """The firewall filters it, too, so that it must be let in by name."""
        rules = made.inputs("celery-servers-2-firewall")["inboundRules"]
        assert {rule["protocol"] for rule in rules} == {"tcp", "udp", "icmp"}
        assert {tuple(rule["sourceAddresses"]) for rule in rules} == {(private_range("shop"),)}

    def test_a_firewall_each(self, made):
        """One firewall takes ten Droplets; there may be twenty."""
        assert len(made.of_type("digitalocean:index/firewall:Firewall")) == 2

    def test_the_look_up_can_tell_them_apart(self, made):
        """A Celery server is no second deployment."""
        tags = made.inputs("celery-servers-1-server")["tags"]
        assert tags == ["stagecoach-deployment:shop", "stagecoach-role:celery"]

    def test_what_would_replace_is_ignored(self, made):
        """The size changes in place and can change back."""
        ignored = set(made.requests["celery-servers-1-server"].ignoreChanges)
        assert ignored == {"userData", "sshKeys", "image", "region", "vpcUuid"}
        assert made.inputs("celery-servers-1-server")["resizeDisk"] is False
