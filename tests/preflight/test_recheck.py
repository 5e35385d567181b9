"""Which resources are read again after an update that failed."""

import json

import pytest

from infra.preflight.recheck import failed_resources, refresh_of

PREFIX = "urn:pulumi:stage1::stagecoach::stagecoach:server:DigitalOceanServer"
KIND = "digitalocean:index/firewall:Firewall"
FAILED = {"urn": f"{PREFIX}${KIND}::server-firewall", "type": KIND, "initErrors": ["updating it: 503"]}
SOUND = {"urn": f"{PREFIX}$digitalocean:index/droplet:Droplet::server-server", "type": "digitalocean:index/droplet"}
POD = {"urn": "urn::postgres", "type": "kubernetes:apps/v1:StatefulSet", "initErrors": ["not ready"]}


def exported(*resources):
    """What `pulumi stack export` prints."""
    return json.dumps({"version": 3, "deployment": {"manifest": {}, "resources": list(resources)}})


def test_those_of_the_cloud_that_failed():
    """A workload that did not get ready is read by its own plugin, which waits for it once more."""
    assert failed_resources(exported(SOUND, FAILED, POD)) == [FAILED["urn"]]


@pytest.mark.parametrize("text", [exported(), "{}", '{"deployment": null}', '{"deployment": {"resources": null}}'])
def test_a_stack_without_resources(text):
    assert failed_resources(text) == []


def test_nothing_else_is_refreshed():
    """A refresh of everything would ask a cluster that may not answer."""
    words = refresh_of(["urn::a", "urn::b"])
    assert words[0] == "refresh"
    assert [words[place + 1] for place, word in enumerate(words) if word == "--target"] == ["urn::a", "urn::b"]
