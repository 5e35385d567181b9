"""A deployment under the real CLI; the lab is in the test's process: cloud, faults and journal are plain objects."""

import json
import re
import shlex
import shutil
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from infra.preflight.recheck import failed_resources, refresh_of
from lab.assembly import assemble
from lab.engine.pulumi_cli import PulumiCli
from lab.engine.workspace import Workspace
from lab.nodes.simulated.api import Api
from lab.nodes.simulated.processes import sweep_all
from lab.paths import bin_dir, lab_root
from lab.toolchain.build import ensure
from lab.toolchain.programs import ETCD, KUBE
from tests.plans import REGIONS
from tests.waiting import wait

STACK = "stage1"
_SETTLE_SECONDS = 60


@dataclass(frozen=True)
class Step:
    """One step of a preview or update: operation, type, logical name."""

    op: str
    type: str
    name: str
    urn: str

    @property
    def short(self):
        return f"{self.type.rpartition(':')[2]} {self.name}"


class Deployment:
    """One long-lived stack whose file changes: way (a) of working."""

    def __init__(self, name, provider):
        for program in (KUBE, ETCD):
            ensure(program)
        self.root, self.provider = lab_root(name), provider
        self.values = {
            "stagecoach:admin_cidrs": ["127.0.0.0/8"],
            "stagecoach:provider": provider,
            "stagecoach:region": REGIONS[provider],
        }
        self.lab = assemble(self.root, bin_dir())
        self.lab.server.start()
        self.cli = PulumiCli(root=self.root, debug_providers=self.lab.server.debug_providers())
        self.workspace = Workspace(self.root)
        self.workspace.prepare(Path(sys.prefix))
        self.configure()
        done = self.cli.read("stack", "init", STACK, folder=self.workspace.folder)
        assert done.returncode == 0, done.stderr

    def configure(self, **changes):
        """Writes the stack file; None takes a key out, of the repository's own values as well."""
        self.values |= {f"stagecoach:{key}": value for key, value in changes.items()}
        return self.workspace.write_stack(STACK, self.values)

    def pulumi(self, *arguments):
        """The CLI's exit code and output."""
        return self.cli.read(*arguments, "-s", STACK, folder=self.workspace.folder)

    def up(self):
        """The update must succeed; its steps, without what stays the same."""
        done = self.pulumi("up", "--yes", "--skip-preview", "--json")
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
        events = (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
        return _changes(event["resourcePreEvent"]["metadata"] for event in events if "resourcePreEvent" in event)

    def recheck(self):
        """`python -m infra recheck`, as `make up` and a merge do it first; logical names of what was read again."""
        urns = failed_resources(self.pulumi("stack", "export").stdout)
        if urns:
            done = self.pulumi(*refresh_of(urns))
            assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return [urn.rpartition("::")[2] for urn in urns]

    def run_printed(self, refused):
        """Runs the commands that a refusal tells people to run; how many there were."""
        said = " ".join((refused.stdout + refused.stderr).split())
        commands = set(re.findall(r"`pulumi (refresh [^`]+) -s stage1`", said))
        for command in commands:
            done = self.pulumi(*shlex.split(command))
            assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return len(commands)

    def preview(self):
        """What an update would do, without what stays the same."""
        done = self.pulumi("preview", "--json")
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
        return _changes(json.loads(done.stdout)["steps"])

    def resources(self):
        """The state's resources: what physically stands behind each URN."""
        state = json.loads(self.pulumi("stack", "export").stdout)["deployment"]
        assert not state.get("pending_operations")
        return {one["urn"]: one.get("id", "") for one in state.get("resources", [])}

    def api(self):
        """The cluster as its administrator."""
        done = self.pulumi("stack", "output", "kubeconfig", "--show-secrets")
        return Api(done.stdout)

    def pods(self):
        """Pods by phase, once nothing is on its way: the engine waits for Deployments, not for what an update leaves.

        What stays Pending, or fails, is in the answer after the time is up.
        """
        api, looks = self.api(), []

        def settled():
            looks.append(Counter(pod["status"].get("phase", "Pending") for pod in api.items("/api/v1/pods")))
            return set(looks[-1]) <= {"Running", "Succeeded"}

        with suppress(AssertionError):
            wait(settled, "pods that run", _SETTLE_SECONDS)
        return looks[-1]

    def close(self):
        """Ends every process and removes the lab's folder."""
        self.lab.server.stop()
        self.lab.machines.stop_all()
        sweep_all(self.root)
        shutil.rmtree(self.root, ignore_errors=True)


def _changes(raw):
    steps = (Step(one["op"], *_type_and_name(one["urn"]), one["urn"]) for one in raw)
    return [step for step in steps if step.op != "same"]


def _type_and_name(urn):
    """Of a URN: the resource's own type without its parents', and its logical name."""
    kind, name = urn.split("::", 2)[2].split("::", 1)
    return kind.rpartition("$")[2], name
