"""Celery servers at Hetzner: private, closed, in place."""

import pytest

from tests.clouds.building import celery_servers


@pytest.fixture(scope="module")
def made():
    return celery_servers("hetzner", 2)


class TestHetznerCeleryServers:
    def test_names(self, made):
        """After the deployment; numbers begin at 1."""
        names = [made.inputs(name)["name"] for name in made.of_type("hcloud:index/server:Server")]
        assert names == ["shop-celery-1", "shop-celery-2"]

    def test_private_addresses(self, made):
        """Constant, so that a rebuilt one has its address again."""
        addresses = [made.inputs(f"celery-servers-{number}-private")["ip"] for number in (1, 2)]
        assert addresses == ["10.20.1.11", "10.20.1.12"]
        assert made.inputs("celery-servers-1-private")["subnetId"] == "network-1"

    def test_nothing_comes_in(self, made):
        """No rule: all inbound traffic of the public interface is dropped."""
        assert made.inputs("celery-servers-firewall").get("rules", []) == []
        assert made.inputs("celery-servers-1-server")["firewallIds"] == [4711]

    def test_the_look_up_can_tell_them_apart(self, made):
        """A Celery server is no second deployment."""
        labels = made.inputs("celery-servers-1-server")["labels"]
        assert labels == {"stagecoach-deployment": "shop", "stagecoach-role": "celery"}

    def test_what_would_replace_is_ignored(self, made):
        """The type changes in place and can change back."""
        ignored = set(made.requests["celery-servers-1-server"].ignoreChanges)
        assert ignored == {"userData", "sshKeys", "image", "location"}
        assert made.inputs("celery-servers-1-server")["keepDisk"] is True
