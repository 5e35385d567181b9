"""What `make up`, `down`, `reset` and `status` do."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from infra.errors import Problem, StagecoachError
from lab.cluster.processes import sweep_all
from lab.daemon import Daemon
from lab.engine.pulumi_cli import PulumiCli
from lab.engine.stack_values import lab_values
from lab.engine.workspace import Workspace
from lab.paths import lab_root
from lab.report import print_report
from lab.toolchain.build import ensure
from lab.toolchain.programs import ETCD, KUBE


class Lab:
    """One lab by name: its processes and its state."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root = lab_root(name)
        self.daemon = Daemon(self.root)
        self.workspace = Workspace(self.root)

    def up(self, stack: str, provider: str) -> int:
        """Builds or updates; the engine's exit code."""
        started = time.monotonic()
        for program in (KUBE, ETCD):
            ensure(program)
        cli = self._cli()
        self.workspace.prepare(Path(sys.prefix))
        self.workspace.write_stack(stack, lab_values(self.workspace.stack_config(stack), provider))
        self._select(cli, stack)
        code = cli.run("up", "-s", stack, "--yes", "--suppress-outputs", folder=self.workspace.folder)
        if code == 0:
            print_report(self.root, cli.outputs(stack, self.workspace.folder), time.monotonic() - started)
        return code

    def _cli(self) -> PulumiCli:
        return PulumiCli(root=self.root, debug_providers=self.daemon.start().debug_providers)

    def _select(self, cli: PulumiCli, stack: str) -> None:
        """Makes `stack` the lab's one stack: new, the same, or the old one renamed with all its state."""
        existing = cli.stacks(self.workspace.rename_folder)
        if stack in existing:
            return
        if existing:
            sys.stdout.write(f"moving {existing[0]} to {stack}: pulumi stack rename {stack} -s {existing[0]}\n")
            done = cli.read("stack", "rename", stack, "-s", existing[0], folder=self.workspace.rename_folder)
        else:
            done = cli.read("stack", "init", stack, folder=self.workspace.folder)
        if done.returncode:
            problem = Problem(path="stack", value=stack, allowed=done.stderr.strip(), hint="`make reset` starts anew")
            raise StagecoachError("pulumi refused the stack", [problem])

    def pulumi(self, arguments: list[str]) -> int:
        """The real CLI on the lab's stack."""
        cli = self._cli()
        stacks = cli.stacks(self.workspace.folder) if self.workspace.folder.exists() else []
        if not stacks:
            problem = Problem(path="lab", value=self.name, allowed="a deployment", hint="Run `make up` first")
            raise StagecoachError("nothing is deployed in this lab", [problem])
        chosen = arguments if "-s" in arguments else [*arguments, "-s", stacks[0]]
        return cli.run(*chosen, folder=self.workspace.folder)

    def down(self) -> None:
        """Ends the lab's processes; the next `up` goes on where this stopped."""
        stopped = self.daemon.stop()
        left = sweep_all(self.root)
        sys.stdout.write("stopped\n" if stopped or left else "nothing runs\n")

    def reset(self) -> None:
        """Ends the lab's processes and removes its folder."""
        self.daemon.stop()
        sweep_all(self.root)
        if self.root.exists():
            shutil.rmtree(self.root)
        sys.stdout.write(f"the lab {self.name} is forgotten\n")

    def status(self) -> int:
        """Prints what runs; 1 if nothing does."""
        running = self.daemon.running()
        if not running:
            sys.stdout.write("nothing runs; `make up` starts it\n")
            return 1
        cli = PulumiCli(root=self.root, debug_providers=running.debug_providers)
        for stack in cli.stacks(self.workspace.folder):
            sys.stdout.write(f"stack {stack}, served by process {running.pid}\n")
            print_report(self.root, cli.outputs(stack, self.workspace.folder), None)
        return 0
