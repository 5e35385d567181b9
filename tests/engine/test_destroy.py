"""The documented way to take a deployment down, by the page's own commands."""

import json
import os
import re

import pytest

from lab.lifecycle import Lab
from lab.nodes.simulated.api import Api
from tests.engine.conftest import make_up, pulumi, run_lab
from tests.engine.destroy_page import cloud, commands, pulumi_commands, run

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def steps():
    return pulumi_commands()


@pytest.fixture(scope="module")
def built(lab):
    done = make_up(lab, "stage1")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


def protections(lab):
    """Whether the cloud refuses to delete each of what holds data or a name."""
    kinds = ("server", "volume", "primaryIp", "network")
    return [one["deleteProtection"] for kind in kinds for one in cloud(lab)[kind].values()]


class TestDestroy:
    def test_the_dump_names_what_runs(self, lab, built):
        """kubectl can't look into simulated pods: pod and container must exist; role and database have these names."""
        dump, check = (words for words in commands() if words[0] == "kubectl")
        pod = Api((lab.root / "kubeconfig").read_text()).get(f"/api/v1/namespaces/{dump[2]}/pods/{dump[4]}")
        assert dump[6] in {one["name"] for one in pod["spec"]["containers"]}
        assert dump[8:] == ["pg_dump", "-U", "postgres", "-Fc", "app", ">shop.dump"]
        assert check[5:12] == ["postgres-0", "-c", "postgres", "--", "pg_restore", "--list", "<shop.dump"]

    def test_the_state_shows_no_key(self, lab, built):
        """Whoever reads the state file without the passphrase logs in nowhere."""
        text = "".join(path.read_text() for path in (lab.root / "state").rglob("*.json"))
        assert "access-host-key" in text
        assert "PRIVATE KEY" not in text

    def test_one_update_lifts_the_clouds_protection(self, lab, built, steps):
        """Four resources in place, nothing else."""
        assert protections(lab) == [True] * 4
        assert run(lab, steps[0]).returncode == 0
        done = run(lab, steps[1])
        assert done.returncode == 0, done.stdout[-2000:]
        assert "4 updated" in done.stdout
        assert "replaced" not in done.stdout
        assert protections(lab) == [False] * 4

    def test_the_engine_still_refuses(self, lab, built, steps):
        """Before anything is deleted."""
        before = cloud(lab)
        done = run(lab, steps[3])
        assert done.returncode != 0
        assert "protect" in done.stdout + done.stderr
        assert cloud(lab) == before

    def test_unprotected_it_is_not_replaced_either(self, lab, built, steps):
        """The engine would: its protection is gone and another region replaces the server; the program refuses."""
        assert run(lab, steps[2]).returncode == 0
        path = lab.workspace.folder / "Pulumi.stage1.yaml"
        text, before = path.read_text(), cloud(lab)
        assert re.search(r"delete_protection: .?false", text)
        path.write_text(text.replace("nbg1", "fsn1"))
        try:
            done = pulumi(lab, "up", "--yes")
        finally:
            path.write_text(text)
        assert done.returncode != 0
        assert "stagecoach:region = fsn1: nbg1, where this stack's server stands" in done.stdout
        assert cloud(lab) == before

    def test_then_nothing_is_left(self, lab, built, steps):
        """Neither in the cloud nor in the state."""
        done = run(lab, steps[3])
        assert done.returncode == 0, done.stdout[-3000:]
        assert cloud(lab) == {}
        exported = pulumi(lab, "stack", "export")
        assert json.loads(exported.stdout)["deployment"].get("resources", []) == []

    def test_the_stack_file_stays(self, lab, built, steps):
        assert run(lab, steps[4]).returncode == 0
        assert (lab.workspace.folder / "Pulumi.stage1.yaml").exists()


@pytest.fixture(params=["digitalocean", "vultr"])
def other(request):
    """A shop on one of the other clouds, which have no protection of their own."""
    made = Lab(f"test-destroy-{request.param}-{os.getpid()}")
    done = run_lab(made, "up", "--provider", request.param)
    try:
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
        yield made, request.param
    finally:
        made.reset()


def test_the_other_clouds(other, steps):
    """The same page: its update changes nothing there, and nothing is left either."""
    made, provider = other
    assert cloud(made, provider)
    assert run(made, steps[0]).returncode == 0
    update = run(made, steps[1])
    assert update.returncode == 0, update.stdout[-2000:]
    assert " updated" not in update.stdout
    for words in steps[2:]:
        done = run(made, words)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert cloud(made, provider) == {}
