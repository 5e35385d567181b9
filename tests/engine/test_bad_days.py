"""A full disk, a busy port, a killed update: clear words, and the next `make up` puts it right."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import urllib3
import yaml

from lab.clouds.addresses import pool
from lab.nodes.simulated.api import MERGE_PATCH, Api, ApiError
from tests.engine.conftest import REPOSITORY, make_up, pulumi, run_lab
from tests.waiting import patience, wait

pytestmark = pytest.mark.engine

HALF_SECONDS = 300


def full(path):
    """Whatever is written there finds no space: the kernel's own answer, without a disk that is full."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to("/dev/full")
    return path


def api_of(lab):
    """The API server of a deployment that is not finished, as its administrator."""
    machines = json.loads((lab.root / "machines.json").read_text())
    folder = lab.root / "nodes" / next(iter(machines))
    config = yaml.safe_load((folder / "manager.kubeconfig").read_text())
    return Api(yaml.safe_dump(config))


class TestFullDisk:
    @pytest.mark.parametrize("name", ["workspace/Pulumi.yaml", "server.tmp"])
    def test_says_what_to_do(self, lab, name):
        """In the command itself, and in the lab's process."""
        path = full(lab.root / name)
        done = make_up(lab, "stage1")
        path.unlink()
        lab.daemon.stop()
        assert done.returncode in (1, 2)
        assert "No space left on device" in done.stderr
        assert "Free some space on the disk of" in done.stderr
        assert "Traceback" not in done.stderr

    def test_in_the_emulated_cloud(self, lab):
        """The engine shows the provider's words and keeps what was made before."""
        path = full(lab.root / "hetzner.tmp")
        done = make_up(lab, "stage1")
        path.unlink()
        assert done.returncode != 0
        assert "No space left on device" in done.stdout
        assert "Free some space on the disk of" in done.stdout


class TestBusyPort:
    def test_names_the_port(self, lab):
        """After the fault above: the update goes on and stops at the control plane."""
        address = pool(lab.root)[0]
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind((address, 6443))
            taken.listen()
            done = make_up(lab, "stage1")
        assert done.returncode != 0
        assert f"port = {address}:6443: free, but Address already in use" in done.stdout
        assert "`make reset`" in done.stdout

    @pytest.mark.parametrize(
        ("asked", "code", "says"),
        [("status", 1, "no update of it has ended yet; `make up` goes on with it"), ("url", 2, "Run `make up` first")],
    )
    def test_nothing_to_show_yet(self, lab, asked, code, says):
        """There is a stack, with what the update had made before it stopped, and no outputs."""
        done = run_lab(lab, asked, timeout=patience(120))
        assert done.returncode == code, done.stdout + done.stderr
        assert says in done.stdout + done.stderr


def engine_pid(parent):
    """The CLI that a lab's command started."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return next((int(pid) for pid in children if "/bin/pulumi" in Path(f"/proc/{pid}/cmdline").read_text()), None)


class TestKilledUpdate:
    def test_is_taken_up_again(self, lab):
        """SIGKILL in the middle leaves a lock and objects that the state does not know."""
        command = [sys.executable, "-m", "lab", "--name", lab.name, "up"]
        update = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait(lambda: self._half_made(lab, update), "the database's StatefulSet", HALF_SECONDS)
        engine = engine_pid(update.pid)
        os.kill(engine, signal.SIGSTOP)  # a slow machine must not end the update while the next command starts
        busy = pulumi(lab, "preview")
        os.kill(engine, signal.SIGKILL)
        assert update.wait(timeout=patience(60)) != 0
        assert list((lab.root / "state").rglob("*.attrs")) == [], "files that a kill can cut off"
        assert busy.returncode == 2
        assert "one command at a time" in busy.stderr
        again = make_up(lab, "stage1")
        assert again.returncode == 0, again.stdout[-3000:] + again.stderr[-2000:]
        assert "an earlier command was killed" in again.stdout

    @staticmethod
    def _half_made(lab, update):
        """The database's StatefulSet exists; its pod takes a moment, so the engine is waiting for it."""
        assert update.poll() is None, "the update ended before it could be killed"
        try:
            return api_of(lab).get("/apis/apps/v1/namespaces/app/statefulsets/postgres")
        # Files that are half written, an API server that does not listen, or does and knows nobody's rights yet.
        except (OSError, StopIteration, KeyError, ValueError, yaml.YAMLError, ApiError, urllib3.exceptions.HTTPError):
            return None

    def test_nothing_is_pending(self, lab):
        """The next update only takes the permission to adopt back."""
        next_one = pulumi(lab, "up", "--yes")
        assert "k3s-cluster updated" in next_one.stdout
        assert "1 updated" in next_one.stdout
        done = pulumi(lab, "preview", "--expect-no-changes")
        assert done.returncode == 0, done.stdout[-2000:]
        assert "pending operations" not in done.stdout + done.stderr


class TestChangedByHand:
    def test_an_update_stops_at_it_and_takes_it_back_when_it_may(self, lab, monkeypatch):
        """A desktop client sets the worker's memory; docs/how-to/changed-by-hand.md has the variable."""
        api, path = api_of(lab), "/apis/apps/v1/namespaces/app/deployments/celery-worker"
        container = api.get(path)["spec"]["template"]["spec"]["containers"][0]
        container["resources"]["limits"]["memory"] = "2Gi"
        patch = {"spec": {"template": {"spec": {"containers": [container]}}}}
        api.request("PATCH", path, patch, content_type=MERGE_PATCH, fieldManager="node-fetch")
        refused = pulumi(lab, "up", "--refresh", "--yes")
        assert refused.returncode != 0
        assert (
            'conflict with "node-fetch" using apps/v1: .spec.template.spec.containers[name="worker"]' in refused.stdout
        )
        monkeypatch.setenv("PULUMI_K8S_ENABLE_PATCH_FORCE", "true")
        seen = pulumi(lab, "preview", "--refresh", "--diff")
        assert '"2Gi" => "768Mi"' in seen.stdout
        healed = pulumi(lab, "up", "--refresh", "--yes")
        assert healed.returncode == 0, healed.stdout[-2000:]
        after = api.get(path)["spec"]["template"]["spec"]["containers"][0]
        assert after["resources"]["limits"]["memory"] == "768Mi"
