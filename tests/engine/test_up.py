"""Stage 1 from nothing, again without changes, to stage 2 by rename, down, up, a fault, destroy."""

import json
import socket
import subprocess

import pytest

from lab.cluster.api import Api
from lab.cluster.processes import alive
from tests.engine.conftest import REPOSITORY, make_up, pulumi, resources

pytestmark = pytest.mark.engine

# What a tier move never replaces (design 4).
KEPT = (
    "hcloud:index/",
    "pulumi:providers:kubernetes",
    "kubernetes:core/v1:Namespace::",
    "kubernetes:core/v1:PersistentVolumeClaim::",
    "kubernetes:apps/v1:StatefulSet::",
    "random:index/",
    "tls:index/",
)


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
        """2 vCPU and 4096 MiB less the rendered reservations: the plan's allocatable."""
        allocatable = api_of(lab).items("/api/v1/nodes")[0]["status"]["allocatable"]
        assert (allocatable["cpu"], int(allocatable["memory"]) // 2**20) == ("1700m", 2741)

    def test_preview_shows_no_changes(self, lab, built):
        done = pulumi(lab, "preview", "--expect-no-changes")
        assert done.returncode == 0, done.stdout[-2000:]
        assert "102 unchanged" in done.stdout

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


class TestDownAndUp:
    def test_state_survives(self, lab, built):
        """After `down` nothing runs; the next `up` changes nothing."""
        address = json.loads((lab.root / "machines.json").read_text())
        lab.down()
        assert lab.daemon.running() is None
        with socket.socket() as probe:
            assert probe.connect_ex((next(iter(address)), 6443)) != 0
        again = make_up(lab, "stage1")
        assert again.returncode == 0, again.stdout[-2000:]
        assert "102 unchanged" in again.stdout

    def test_a_killed_lab_is_put_right(self, lab, built):
        """SIGKILL leaves the control plane behind; the next `up` ends it and goes on."""
        pid = lab.daemon.running().pid
        subprocess.run(["kill", "-KILL", str(pid)], check=True)
        again = make_up(lab, "stage1")
        assert again.returncode == 0, again.stdout[-2000:] + again.stderr[-2000:]
        assert lab.daemon.running().pid != pid


class TestMove:
    @pytest.fixture(scope="class")
    @classmethod
    def moved(cls, lab, built):  # noqa: ARG003  pytest builds stage 1 before it
        before = resources(lab, "stage1")
        done = make_up(lab, "stage2")
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
        return before, resources(lab, "stage2"), done.stdout

    def test_nothing_that_holds_data_is_replaced(self, moved):
        before, after, _ = moved
        kept = {urn for urn in before if any(part in urn for part in KEPT)}
        assert len(kept) == 26
        assert {urn for urn in kept if before[urn] != after.get(urn)} == set()

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

    def test_the_way_back(self, lab, moved):
        """Stage 1 again: the server returns to its type, the volume keeps its size, nothing else is replaced."""
        before = resources(lab, "stage2")
        done = make_up(lab, "stage1")
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
        after = resources(lab, "stage1")
        kept = {urn for urn in before if any(part in urn for part in KEPT)}
        assert {urn for urn in kept if before[urn] != after.get(urn)} == set()
        state = json.loads((lab.root / "hetzner.json").read_text())["kinds"]
        assert [one["size"] for one in state["volume"].values()] == [60]
        assert [one["serverType"] for one in state["server"].values()] == ["cx23"]
        again = make_up(lab, "stage2")
        assert again.returncode == 0, again.stdout[-3000:] + again.stderr[-2000:]

    def test_destroy_is_refused(self, lab, moved):
        """Protected resources stop it before anything is deleted."""
        done = pulumi(lab, "destroy", "--yes")
        assert done.returncode != 0
        assert "protect" in done.stdout + done.stderr
        assert len(api_of(lab).items("/api/v1/namespaces/app/pods")) > 0


class TestReset:
    def test_leaves_nothing(self, lab, built):
        pid = lab.daemon.running().pid
        lab.reset()
        assert not lab.root.exists()
        assert not alive(pid)
