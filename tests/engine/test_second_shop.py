"""No second, empty shop, on the real engine: the commands of the refusals are run as they are printed."""

import json
import os
import re
import shlex
import subprocess

import pytest

from lab.plugins.faults import Fault
from tests.engine.deployment import Deployment
from tests.waiting import patience

pytestmark = pytest.mark.engine

REFUSED = "this stack would build a second, empty deployment"


@pytest.fixture(scope="module")
def deployment():
    """The cloud makes the server, its answer is lost: a first update that ended in the worst place."""
    made = Deployment(f"second-{os.getpid()}", "hetzner")
    kind = "hcloud:index/server:Server::"
    made.lab.faults.add(Fault(operation="create", match=kind, after=True, message="connection reset by peer"))
    first = made.pulumi("up", "--yes", "--skip-preview")
    assert "connection reset by peer" in first.stdout
    yield made
    made.close()


def commands(text):
    """The lines that a person would copy."""
    return [line.strip() for line in text.splitlines() if re.match(r"\s+(only=|pulumi )", line)]


def ids(deployment, stack):
    """What physically stands behind each cloud resource."""
    done = deployment.cli.read("stack", "export", "-s", stack, folder=deployment.workspace.folder)
    made = json.loads(done.stdout)["deployment"]["resources"]
    return {one["urn"].rpartition("::")[2]: one["id"] for one in made if "hcloud:index/" in one["type"]}


def servers(deployment):
    return deployment.lab.server.packages["hcloud"].cloud.store.all("server")


class TestAfterALostAnswer:
    def test_no_second_server_is_built(self, deployment):
        again = deployment.pulumi("up", "--yes", "--skip-preview")
        assert again.returncode != 0
        assert REFUSED in again.stdout
        assert "Traceback" not in again.stdout + again.stderr
        assert len(servers(deployment)) == 1

    def test_the_import_takes_it_up(self, deployment):
        """The server that is there becomes the stack's, and the update goes on."""
        refused = deployment.pulumi("preview")
        command = next(one for one in commands(refused.stdout) if one.startswith("pulumi import"))
        words = shlex.split(command.replace("-s stage1", ""))[1:]
        done = deployment.pulumi(*words, "--yes")
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        (before,) = servers(deployment)
        deployment.up()
        assert deployment.preview() == []
        assert list(servers(deployment)) == [before]


class TestSecondStack:
    @pytest.fixture(scope="class")
    @classmethod
    def refused(cls, deployment):
        """`pulumi up -s stage2` beside the shop that stage1 has."""
        deployment.workspace.write_stack("stage2", {**deployment.values, "stagecoach:stage": 2})
        folder = deployment.workspace.folder
        assert deployment.cli.read("stack", "init", "stage2", folder=folder).returncode == 0
        return deployment.cli.read("up", "--yes", "-s", "stage2", folder=folder)

    def test_is_refused(self, deployment, refused):
        assert refused.returncode != 0
        assert REFUSED in refused.stdout
        assert len(servers(deployment)) == 1

    def test_the_rename_moves_the_shop(self, deployment, refused, tmp_path):
        """The printed commands, with the name of the other stack: a move in place, both files stay."""
        folder = deployment.workspace.folder
        before = ids(deployment, "stage1")
        files = {path.name: path.read_text() for path in folder.glob("Pulumi.stage*.yaml")}
        lines = [one.replace("OTHER_STACK", "stage1") for one in commands(refused.stdout)]
        script = "\n".join(lines[:3])
        assert "stack rename stage2 -s stage1" in script
        done = subprocess.run(
            ["bash", "-euc", script],
            cwd=folder,
            env={**deployment.cli.environment(), "TMPDIR": str(tmp_path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=patience(120),
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert {path.name: path.read_text() for path in folder.glob("Pulumi.stage*.yaml")} == files
        seen = deployment.cli.read(*shlex.split(lines[3])[1:], folder=folder)
        assert seen.returncode == 0, seen.stdout[-3000:] + seen.stderr[-1000:]
        moved = deployment.cli.read("up", "--yes", "-s", "stage2", folder=folder)
        assert moved.returncode == 0, moved.stdout[-3000:]
        assert len(before) > 8
        assert ids(deployment, "stage2") == before
