"""The recorder itself."""

import pulumi
import pulumi_random as random
import pytest

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
