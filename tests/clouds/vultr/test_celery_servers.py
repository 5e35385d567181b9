"""Celery servers at Vultr: private, closed, in place."""

import pytest

from tests.clouds.building import celery_servers


@pytest.fixture(scope="module")
def made():
    return celery_servers("vultr", 2)


class TestVultrCeleryServers:
    def test_names(self, made):
        """After the deployment; numbers begin at 1."""
        names = [made.inputs(name)["hostname"] for name in made.of_type("vultr:index/instance:Instance")]
        assert names == ["shop-celery-1", "shop-celery-2"]

    def test_in_the_private_network(self, made):
        """The server's own."""
        assert made.inputs("celery-servers-1-server")["vpcIds"] == ["network-1"]

    def test_nothing_comes_in(self, made):
        """A group without a rule drops all; every server is in it."""
        assert made.of_type("vultr:index/firewallRule:FirewallRule") == []
        servers = made.of_type("vultr:index/instance:Instance")
        assert {made.inputs(name)["firewallGroupId"] for name in servers} == {"4711"}

    def test_the_look_up_can_tell_them_apart(self, made):
        """A Celery server is no second deployment."""
        tags = made.inputs("celery-servers-1-server")["tags"]
        assert tags == ["stagecoach-deployment:shop", "stagecoach-role:celery"]

    def test_what_would_replace_is_ignored(self, made):
        """The plan changes in place."""
        ignored = set(made.requests["celery-servers-1-server"].ignoreChanges)
        assert ignored == {"userData", "sshKeyIds", "osId", "reservedIpId", "hostname", "region"}
