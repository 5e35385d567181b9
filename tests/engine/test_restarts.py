"""A lab that is stopped, or killed, goes on where it was; and the way back from stage 2."""

import json
import socket
import subprocess

import pytest

from tests.engine.conftest import make_up, resources
from tests.engine.kept import lost

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def built(lab):
    """Stage 1, once for the module."""
    done = make_up(lab, "stage1")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


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
        assert "118 unchanged" in again.stdout

    def test_a_killed_lab_is_put_right(self, lab, built):
        """SIGKILL leaves the control plane behind; the next `up` ends it and goes on."""
        pid = lab.daemon.running().pid
        subprocess.run(["kill", "-KILL", str(pid)], check=True)
        again = make_up(lab, "stage1")
        assert again.returncode == 0, again.stdout[-2000:] + again.stderr[-2000:]
        assert lab.daemon.running().pid != pid


class TestWayBack:
    def test_the_way_back(self, lab, built):
        """Stage 1 again: the server returns to its type, the volume keeps its size, nothing else is replaced."""
        moved = make_up(lab, "stage2")
        assert moved.returncode == 0, moved.stdout[-3000:] + moved.stderr[-2000:]
        before = resources(lab, "stage2")
        done = make_up(lab, "stage1")
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
        assert lost(before, resources(lab, "stage1")) == set()
        state = json.loads((lab.root / "hetzner.json").read_text())["kinds"]
        assert [one["size"] for one in state["volume"].values()] == [60]
        assert [one["serverType"] for one in state["server"].values()] == ["cx23"]
        again = make_up(lab, "stage2")
        assert again.returncode == 0, again.stdout[-3000:] + again.stderr[-2000:]
