"""Scripts that simulated servers play: which server is meant, what happens to it."""

import pytest

from infra.components.scripts import load
from lab.cluster.scripts import PlayedScripts
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
