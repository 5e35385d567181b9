"""What the providers' plugins warn of: nothing on a new stack, and what an earlier program built is not run again."""

import json
import os

import pytest

from tests.engine.deployment import Deployment

pytestmark = pytest.mark.engine

COMMAND = "command:remote:Command"
ADDRESS = "hcloud:index/primaryIp:PrimaryIp"


@pytest.fixture(scope="module")
def deployment():
    """Stage 1 at Hetzner."""
    made = Deployment(f"test-warnings-{os.getpid()}", "hetzner")
    yield made
    made.close()


def update(deployment):
    """An update's steps that are none of `same`, and what was warned of."""
    done = deployment.pulumi("up", "--yes", "--skip-preview", "--json")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    steps = [one["resourcePreEvent"]["metadata"] for one in events if "resourcePreEvent" in one]
    warned = [one["diagnosticEvent"] for one in events if "diagnosticEvent" in one]
    return (
        {one["urn"].rpartition("::")[2]: one["op"] for one in steps if one["op"] != "same"},
        [one["message"] for one in warned if one["severity"] == "warning" and one["urn"]],  # a plugin's, of a resource
    )


def forget(deployment):
    """Makes the state one of an earlier program, which gave an address a type and kept no output back."""
    whole = json.loads(deployment.pulumi("stack", "export").stdout)
    for one in whole["deployment"]["resources"]:
        if one["type"] == COMMAND:
            one["inputs"].pop("addPreviousOutputInEnv", None)
            one["outputs"].pop("addPreviousOutputInEnv", None)
        if one["type"] == ADDRESS:
            one["inputs"]["assigneeType"] = one["outputs"]["assigneeType"] = "server"
    file = deployment.root / "earlier.json"
    file.write_text(json.dumps(whole))
    done = deployment.pulumi("stack", "import", "--file", str(file))
    assert done.returncode == 0, done.stderr


class TestWarnings:
    def test_a_new_stack_has_none(self, deployment):
        steps, warned = update(deployment)
        assert "k3s-kubeconfig" in steps
        assert warned == []

    def test_a_command_that_runs_again_has_none(self, deployment):
        """Its last output would be offered to sshd, which refuses it."""
        deployment.configure(kubeconfig_epoch=2)
        steps, warned = update(deployment)
        assert steps["k3s-kubeconfig"] == "update"
        assert warned == []

    def test_on_a_stack_of_an_earlier_program_nothing_runs_again(self, deployment):
        """Neither a command nor the address: the next update finds nothing to do for them."""
        forget(deployment)
        assert deployment.preview() == []

    def test_there_the_next_run_of_a_command_has_none_either(self, deployment):
        """The command that runs for a reason of its own keeps its output back from then on, the others wait."""
        forget(deployment)
        deployment.configure(kubeconfig_epoch=3)
        steps, warned = update(deployment)
        assert steps["k3s-kubeconfig"] == "update"
        assert {name for name in steps if name.startswith(("data-volume", "authorized", "traefik", "k3s-"))} == {
            "k3s-kubeconfig"
        }
        assert warned == []
        state = json.loads(deployment.pulumi("stack", "export").stdout)["deployment"]["resources"]
        quiet = [one for one in state if one.get("inputs", {}).get("addPreviousOutputInEnv") is False]
        assert [one["urn"].rpartition("::")[2] for one in quiet] == ["k3s-kubeconfig"]
