"""Commands over SSH keep the last run's output to themselves, and none runs again for it."""

import pytest

from infra.program.quiet_commands import COMMAND, loud_commands
from tests.graphs import CONFIG, EVERYTHING, program, run
from tests.mocks import graph

SERVER = "hcloud:index/server:Server"


def state(commands):
    """A state with a server and commands, by name, with their outputs."""
    server = {"name": "shop", "serverType": "cx23", "location": "nbg1", "primaryDiskSize": 40}
    made = {f"urn:pulumi:s::p::{COMMAND}::{name}": {"type": COMMAND, "outputs": one} for name, one in commands.items()}
    return {f"urn:pulumi:s::p::{SERVER}::server-server": {"type": SERVER, "outputs": server}, **made}


def after(commands):
    """The program on such a state."""
    return graph(program, config={**CONFIG, "stagecoach:stage": 1}, state=state(commands))


@pytest.mark.parametrize("stage", [1, 5])
def test_every_command_of_a_new_stack(stage):
    made = run(stage, **EVERYTHING)
    names = made.of_type(COMMAND)
    assert {"k3s-install", "k3s-kubeconfig", "data-volume-mount"} <= set(names)
    assert [name for name in names if made.inputs(name).get("addPreviousOutputInEnv") is not False] == []


def test_one_whose_script_stays_gets_no_new_input():
    """A new input would run it, and the kubeconfig's would hide every Kubernetes object from the preview."""
    scripts = {name: {"create": made} for name, made in created(run(1)).items()}
    found = after(scripts)
    assert {name for name in found.of_type(COMMAND) if "addPreviousOutputInEnv" in found.inputs(name)} == set()


def test_one_whose_script_changes_keeps_its_output_back():
    scripts = {name: {"create": made} for name, made in created(run(1)).items()}
    scripts["k3s-install"]["create"] = "an earlier one"
    found = after(scripts)
    quiet = {name for name in found.of_type(COMMAND) if "addPreviousOutputInEnv" in found.inputs(name)}
    assert quiet == {"k3s-install"}
    assert found.inputs("k3s-install")["addPreviousOutputInEnv"] is False


def test_once_quiet_it_stays_so():
    scripts = {name: {"create": made, "addPreviousOutputInEnv": False} for name, made in created(run(1)).items()}
    found = after(scripts)
    assert {found.inputs(name)["addPreviousOutputInEnv"] for name in found.of_type(COMMAND)} == {False}


def test_a_command_that_was_saved_without_outputs_is_loud():
    """Half made by an update that was cut off."""
    assert loud_commands({"urn::k3s-install": {"type": COMMAND}}) == {"k3s-install": ""}


def created(made):
    """The scripts of a run by logical name."""
    return {name: made.inputs(name)["create"] for name in made.of_type(COMMAND)}
