"""The state's own way to the cluster."""

import pytest

from infra.preflight.recorded_cluster import recorded_kubeconfig, recorded_outputs

PROVIDER = "pulumi:providers:kubernetes"


@pytest.mark.parametrize(
    ("outputs", "kubeconfig"),
    [
        ([], ""),
        ([None], ""),
        ([{}], ""),
        ([{"kubeconfig": ""}], ""),
        ([{"kubeconfig": "text"}], "text"),
        ([None, {"kubeconfig": "text"}], "text"),
    ],
)
def test_kubeconfig(outputs, kubeconfig):
    state = {f"urn:{number}": {"type": PROVIDER, "outputs": one} for number, one in enumerate(outputs)}
    assert recorded_kubeconfig(state) == kubeconfig


def test_outputs_of_one_type():
    state = {"a": {"type": "x", "outputs": {"one": 1}}, "b": {"type": "y", "outputs": {"two": 2}}, "c": {"type": "x"}}
    assert list(recorded_outputs(state, "x")) == [{"one": 1}, {}]
