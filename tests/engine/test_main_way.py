"""The main way: stage 1 from nothing, again without changes, to stage 2 by rename, refusals, destroy by its page."""

import json
import subprocess

import pytest

from lab.nodes.simulated.api import Api
from lab.nodes.simulated.processes import alive
from tests.engine import destroy_page
from tests.engine.conftest import REPOSITORY, make_up, pulumi, resources
from tests.engine.kept import kept, lost

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def built(lab):
    """Stage 1, once for the module."""
    done = make_up(lab, "stage1")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    return done


def api_of(lab):
    return Api((lab.root / "kubeconfig").read_text())


class TestStage1:
    def test_ends_with_the_table(self, built):
        """Pods with requests and node, outputs, how to look further."""
        for word in ("celery-worker-", "postgres-0", "512Mi", "simulated", "public_ip", "Look further"):
            assert word in built.stdout
        assert "client-key-data" not in built.stdout

    def test_all_pods_run(self, lab, built):
        phases = {pod["metadata"]["name"]: pod["status"]["phase"] for pod in api_of(lab).items("/api/v1/pods")}
        assert len(phases) == 16
        assert set(phases.values()) == {"Running", "Succeeded"}

    def test_the_node_shows_what_the_config_reserves(self, lab, built):
        """2 vCPU and what is seen of 4096 MiB, less the rendered reservations: no less than the plan's allocatable."""
        allocatable = api_of(lab).items("/api/v1/nodes")[0]["status"]["allocatable"]
        assert (allocatable["cpu"], int(allocatable["memory"]) // 2**20) == ("1700m", 2663)

    def test_preview_shows_no_changes(self, lab, built):
        done = pulumi(lab, "preview", "--expect-no-changes")
        assert done.returncode == 0, done.stdout[-2000:]
        assert "121 unchanged" in done.stdout

    def test_scripts_are_kept_without_secrets(self, lab, built):
        kept = sorted(path.name for path in (lab.root / "servers").rglob("*.sh"))
        assert "k3s-install.create.sh" in kept
        assert "data-volume-mount.create.sh" in kept

    def test_the_checkout_stays_clean(self, built):
        done = subprocess.run(
            ["git", "status", "--porcelain", "Pulumi.yaml", "Pulumi.stage1.yaml"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == ""

    def test_replacing_the_server_is_refused(self, lab, built):
        """Another region would replace it: the program says so before it registers anything."""
        path = lab.workspace.folder / "Pulumi.stage1.yaml"
        before = path.read_text()
        path.write_text(before.replace("nbg1", "fsn1"))
        try:
            done = pulumi(lab, "preview", "--json")
        finally:
            path.write_text(before)
        assert done.returncode != 0
        assert "stagecoach:region = fsn1: nbg1, where this stack's server stands" in done.stdout
        assert {step["op"] for step in json.loads(done.stdout).get("steps", [])} <= {"same"}

    def test_bad_config_registers_nothing(self, lab, built):
        path = lab.workspace.folder / "Pulumi.stage1.yaml"
        before = path.read_text()
        path.write_text(before.replace("stagecoach:region", "stagecoach:regoin"))
        try:
            done = pulumi(lab, "preview", "--json")
        finally:
            path.write_text(before)
        assert done.returncode != 0
        assert "Did you mean region?" in done.stdout
        assert {step["op"] for step in json.loads(done.stdout).get("steps", [])} <= {"same"}


@pytest.fixture(scope="module")
def moved(lab, built):
    """Stage 2 by rename: the resources before and after it, and what the update printed."""
    before = resources(lab, "stage1")
    done = make_up(lab, "stage2")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    return before, resources(lab, "stage2"), done.stdout


class TestMove:
    def test_nothing_that_holds_data_is_replaced(self, moved):
        before, after, _ = moved
        assert len(kept(before)) == 32
        assert lost(before, after) == set()

    def test_the_server_is_resized_in_place(self, lab, moved):
        assert "hcloud:index:Server server-server updated" in moved[2]
        allocatable = api_of(lab).items("/api/v1/nodes")[0]["status"]["allocatable"]
        assert allocatable["cpu"] == "3700m"

    def test_only_autonamed_config_was_replaced(self, moved):
        replaced = {line.split()[1] for line in moved[2].splitlines() if line.startswith(" +-") and "replaced" in line}
        assert replaced == {"kubernetes:core/v1:Secret", "kubernetes:core/v1:ConfigMap"}

    def test_again_without_changes(self, lab, moved):
        done = pulumi(lab, "preview", "--expect-no-changes")
        assert done.returncode == 0, done.stdout[-2000:]

    def test_destroy_is_refused(self, lab, moved):
        """Protected resources stop it before anything is deleted."""
        done = pulumi(lab, "destroy", "--yes")
        assert done.returncode != 0
        assert "protect" in done.stdout + done.stderr
        assert len(api_of(lab).items("/api/v1/namespaces/app/pods")) > 0


class TestDestroy:
    def test_by_the_page_nothing_is_left(self, lab, moved):
        """Its commands in their order; neither the cloud nor the state has anything afterwards."""
        for line in destroy_page.pulumi_commands():
            words = ["stage2" if word == "stage1" else word for word in line]
            if words[1] == "stack":  # the state is looked at before it goes, too
                exported = pulumi(lab, "stack", "export")
                assert json.loads(exported.stdout)["deployment"].get("resources", []) == []
            done = destroy_page.run(lab, words)
            assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
        assert destroy_page.cloud(lab) == {}


class TestReset:
    def test_leaves_nothing(self, lab, moved):
        pid = lab.daemon.running().pid
        lab.reset()
        assert not lab.root.exists()
        assert not alive(pid)
