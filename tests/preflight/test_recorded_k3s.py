"""Which k3s a state's server has."""

import pytest

from infra.preflight.recorded_k3s import recorded_k3s
from tests.graphs import run

URN = "urn:pulumi:stage1::stagecoach::stagecoach:k3s:K3s$command:remote:Command::k3s-install"


def state(outputs):
    return {"urn::other": {"type": "x"}, URN: {"type": "command:remote:Command", "outputs": outputs}}


def test_by_the_script_that_installed_it():
    """As the program writes it: read and written by two modules."""
    assert recorded_k3s(state(run(1).inputs("k3s-install"))) == "v1.36.5+k3s1"


@pytest.mark.parametrize(
    ("script", "version"),
    [
        ("export SERVER_ID=1\nexport K3S_VERSION=v1.33.6+k3s1\nexport K3S_URL=''\nset -e", "v1.33.6+k3s1"),
        ("export K3S_VERSION='v1.33.6+k3s1'\n", "v1.33.6+k3s1"),
        ("echo no version\n", ""),
    ],
)
def test_scripts(script, version):
    assert recorded_k3s(state({"create": script})) == version


@pytest.mark.parametrize("resources", [{}, state(None), state({}), state({"create": None}), {URN: {"type": "x"}}])
def test_before_it_was_installed(resources):
    """Half made, too."""
    assert recorded_k3s(resources) == ""
