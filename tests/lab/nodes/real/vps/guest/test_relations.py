"""What a unit needs."""

import pytest

from lab.nodes.real.vps.guest.relations import missing, mounts, requires
from lab.nodes.real.vps.guest.units import Unit, parse

KNOWN = {"var-lib-stagecoach.mount", "etc-rancher-node.mount", "-.mount"}


def unit(text, name="k3s.service"):
    return Unit(name=name, sections=parse(text))


def test_mounts_above_the_paths():
    found = mounts(unit("[Unit]\nRequiresMountsFor=/var/lib/stagecoach/k3s /etc/rancher/node\n"), KNOWN.__contains__)
    assert found == ["var-lib-stagecoach.mount", "etc-rancher-node.mount"]


def test_a_bind_mount_needs_its_source():
    bind = unit("[Mount]\nWhat=/var/lib/stagecoach/x\nWhere=/etc/rancher/node\n", "etc-rancher-node.mount")
    assert mounts(bind, KNOWN.__contains__) == ["var-lib-stagecoach.mount"]


def test_targets_are_reached():
    found = requires(unit("[Unit]\nRequires=network-online.target a.service\n"), KNOWN.__contains__)
    assert found == ["a.service"]


@pytest.mark.parametrize(("path", "negated", "met"), [("here", "", True), ("gone", "", False), ("here", "!", False)])
def test_assertions(tmp_path, path, negated, met):
    (tmp_path / "here").touch()
    value = f"{negated}{tmp_path / path}"
    said = missing(unit(f"[Unit]\nAssertPathExists={value}\n"), "Assert")
    assert said == ("" if met else f"AssertPathExists={value}")
