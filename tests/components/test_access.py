"""Keys, and the first boot's user data."""

import pytest
import yaml

from infra.components.access import render_user_data
from tests.graphs import BUILT, run

HOST = "PRIVATE KEY OF THE HOST"


def user_data():
    return yaml.safe_load(render_user_data("shop", HOST, "ssh-ed25519 HOST\n", "ssh-ed25519 DEPLOY\n"))


class TestUserData:
    def test_is_cloud_config(self):
        """cloud-init goes by the first line."""
        assert render_user_data("shop", HOST, "h", "d").startswith("#cloud-config\n")

    def test_the_host_key_is_ours(self):
        """Others are deleted: the first connection is already pinned."""
        assert user_data()["ssh_keys"] == {"ed25519_private": HOST, "ed25519_public": "ssh-ed25519 HOST"}
        assert user_data()["ssh_deletekeys"] is True

    def test_only_the_deploy_key_logs_in(self):
        """People's keys come later, because they must be removable; passwords never."""
        assert user_data()["ssh_authorized_keys"] == ["ssh-ed25519 DEPLOY"]
        assert user_data()["ssh_pwauth"] is False

    def test_a_firewall_of_the_image_is_off(self):
        """Vultr's Debian drops all but SSH: neither the shop nor the private network would be reached."""
        assert user_data()["runcmd"] == ["if command -v ufw >/dev/null; then ufw --force disable; fi"]

    def test_is_the_same_at_every_stage(self):
        """A changed one would replace the server."""
        seen = {run(stage, provider).inputs("server-server")["userData"] for stage, provider in BUILT}
        assert len(seen) == 1


class TestCeleryServers:
    def test_share_a_host_key_of_their_own(self):
        """Who takes one of them over can't play the server."""
        assert "access-celery-host-key" in run(5).requests
        assert not run(5).requests["access-celery-host-key"].protect

    def test_the_servers_user_data_stays_as_it_was(self):
        """Else the move to stage 5 would replace the server."""
        assert run(5).inputs("server-server")["userData"] == run(4).inputs("server-server")["userData"]

    def test_their_names_are_the_providers(self):
        """One document for all of them."""
        assert "hostname" not in yaml.safe_load(render_user_data(None, HOST, "h", "d"))
        assert "hostname" not in yaml.safe_load(run(5).inputs("celery-servers-1-server")["userData"])


class TestKeys:
    def test_are_made_once(self):
        """A new host key would lock the program out, a new deploy key would replace the server."""
        assert [run(1).inputs(f"access-{name}-key") for name in ("deploy", "host")] == [{"algorithm": "ED25519"}] * 2
        assert run(1).requests["access-deploy-key"].protect
        assert run(1).requests["access-host-key"].protect

    def test_every_connection_pins_the_host(self):
        """An answer from somebody else is refused."""
        made = run(1)
        connections = [made.inputs(name)["connection"] for name in made.of_type("command:remote:Command")]
        assert connections
        assert {one["hostKey"].strip() for one in connections} == {"ssh-ed25519 AAAA"}
        assert {one["user"] for one in connections} == {"root"}


class TestTwoDeployKeys:
    def test_the_one_that_is_used_is_protected(self):
        made = run(5, deploy_keys=[2, 1])
        assert made.requests["access-deploy-key-2"].protect
        assert not made.requests["access-deploy-key"].protect

    def test_a_new_server_takes_both(self):
        content = yaml.safe_load(render_user_data("shop", HOST, "h", "ssh-ed25519 TWO\n", "ssh-ed25519 ONE\n"))
        assert content["ssh_authorized_keys"] == ["ssh-ed25519 TWO", "ssh-ed25519 ONE"]
        for server in ("server-server", "celery-servers-1-server"):
            booted = yaml.safe_load(run(5, deploy_keys=[2, 1]).inputs(server)["userData"])
            assert len(booted["ssh_authorized_keys"]) == 2

    @pytest.mark.parametrize("provider", ["hetzner", "digitalocean", "vultr"])
    def test_the_provider_has_the_one_that_is_used(self, provider):
        """Under another name: Hetzner takes none twice."""
        first, second = run(1, provider), run(1, provider, deploy_keys=[2, 1])
        assert first.inputs("server-deploy-key")["name"] == "shop"
        assert second.inputs("server-deploy-key-2")["name"] == "shop-deploy-2"
        assert "server-deploy-key" not in second.requests
