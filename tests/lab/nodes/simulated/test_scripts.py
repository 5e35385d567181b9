"""Scripts that simulated servers play: which server is meant, what happens to it."""

import time

import pytest

from infra.scripts import load
from lab.nodes.simulated import boots
from lab.nodes.simulated.scripts import PlayedScripts
from lab.plugins.package import PluginError
from tests.lab.plugins.packages.test_command import BEHIND, DIRECT, Machines


@pytest.fixture
def scripts():
    return PlayedScripts(Machines())


def test_a_celery_servers_address_is_found_through_the_server(scripts):
    assert scripts.address(DIRECT) == "127.64.0.1"
    assert scripts.address(BEHIND) == "127.64.0.2"


def test_only_the_kubeconfigs_script_gets_it(scripts):
    assert scripts.run(DIRECT, load("kubeconfig.sh"), None) == "kubeconfig of 127.64.0.1"
    assert scripts.run(DIRECT, load("authorized_keys.sh"), "ssh-ed25519 AAAA") == ""


def test_a_config_that_did_not_arrive_whole(scripts):
    """As base.sh refuses it on a server."""
    with pytest.raises(PluginError, match="not a mapping with kubelet-arg"):
        scripts.run(BEHIND, load("base.sh", "k3s_agent_install.sh"), "node-name: shop-celery-1\n")


class TestBoot:
    def test_a_direct_dial_is_tried_again(self, scripts, monkeypatch):
        """Until the server answers."""
        monkeypatch.setattr(boots, "SECONDS", 0.2)
        began = time.monotonic()
        scripts.machines.boots.began("127.64.0.1")
        assert scripts.run(DIRECT, "true", None) == ""
        assert time.monotonic() - began >= 0.2

    def test_a_way_that_was_opened_too_early_stays_dead(self, scripts):
        """pulumi-command repeats the handshake on it and never opens another."""
        scripts.machines.boots.began("127.64.0.2")
        with pytest.raises(PluginError, match="proxy: after 60 failed attempts: ssh: handshake failed"):
            scripts.run({**BEHIND, "dialErrorLimit": 60}, "true", None)

    def test_the_server_can_wait_for_it(self, scripts, monkeypatch):
        monkeypatch.setattr(boots, "SECONDS", 0.2)
        scripts.machines.boots.began("127.64.0.2")
        script = f"export AGENT=10.20.1.11\n{load('celery_server_answers.sh')}"
        assert scripts.run(DIRECT, script, None) == ""
        assert scripts.run(BEHIND, "true", None) == ""


def test_a_volume_that_is_not_attached(scripts):
    """Nothing mounts it, as on a server."""
    script = f"export DEVICE=/dev/disk/by-id/virtio-1\n{load('data_volume.sh')}"
    scripts.run(DIRECT, script, None)
    assert scripts.machines.asked == [("device", "127.64.0.1", "/dev/disk/by-id/virtio-1")]
