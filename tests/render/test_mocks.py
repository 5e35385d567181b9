"""The recorder itself."""

import pulumi
import pulumi_random as random
import pytest
from pulumi_kubernetes import core

from infra.render.mocks import Mocks, Place, run_under_mocks
from tests.mocks import graph


def program(*names):
    def register():
        for name in names:
            random.RandomPassword(name, length=8)

    return register


def test_one_urn_is_registered_once():
    """The engine fails on the second; the mocks would only forget the first."""
    with pytest.raises(Exception, match="registered twice"):
        graph(program("one", "one"))


def test_the_same_name_below_another_parent():
    """Another URN."""

    def register():
        parents = [pulumi.ComponentResource("stagecoach:test:Part", name) for name in ("one", "two")]
        for parent in parents:
            random.RandomPassword("password", length=8, opts=pulumi.ResourceOptions(parent=parent))

    assert graph(register).of_type("random:index/randomPassword:RandomPassword") == ["password"]


def test_a_call_is_not_answered():
    """An empty answer would say that the provider has nothing."""

    def ask():
        pulumi.runtime.invoke("hcloud:index/getServers:getServers", {})

    with pytest.raises(LookupError, match="no call expected: hcloud:index/getServers"):
        run_under_mocks(ask, Mocks(), Place())


def test_objects_have_the_names_that_pods_read():
    def register():
        made = core.v1.ConfigMap("settings", data={"a": "1"})
        core.v1.ConfigMap("reader", metadata={"name": "constant"}, data={"reads": made.metadata.name})

    made = run_under_mocks(register, Mocks(), Place())
    assert [one["metadata"]["name"] for one in made.named_objects()] == ["settings-autonamed", "constant"]
    assert made.inputs("reader")["data"] == {"reads": "settings-autonamed"}
    assert "metadata" not in made.inputs("settings")
