"""What `make up`, `down`, `reset` and `status` do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from infra.errors import Problem, StagecoachError
from infra.preflight.recheck import failed_resources, refresh_of
from lab.daemon import Daemon
from lab.engine.pulumi_cli import PulumiCli, engine_program
from lab.engine.stack_values import lab_values
from lab.engine.workspace import Workspace
from lab.kind import REAL, choose, kind_of
from lab.nodes.simulated.processes import sweep_all
from lab.paths import kubectl_cache, lab_root
from lab.toolchain.build import ensure
from lab.toolchain.caches import go_caches
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
        kind = choose(self.root)
        self.workspace.prepare(Path(sys.prefix))
        config = self.workspace.stack_config(stack)
        values = lab_values(config, provider)
        if kind == REAL:
            values |= self._parts(config)
        else:
            with go_caches():
                for program in (KUBE, ETCD):
                    ensure(program)
                engine_program(self.root)
        cli = self._cli()
        self.workspace.write_stack(stack, values)
        self._select(cli, stack)
        self._recheck(cli, stack)
        # Without the preview, which nobody is asked about here: it would take a tenth of the whole.
        options = ("--yes", "--skip-preview", "--suppress-outputs")
        code = cli.run("up", "-s", stack, *options, folder=self.workspace.folder)
        if code == 0:
            if kind == REAL:
                self._lead_here(config, cli.outputs(stack, self.workspace.folder))
            self._report(cli.outputs(stack, self.workspace.folder), config, time.monotonic() - started)
        return code

    def _recheck(self, cli: PulumiCli, stack: str) -> None:
        """As `python -m infra recheck`: after a failed update the state may only say what was planned."""
        urns = failed_resources(cli.read("stack", "export", "-s", stack, folder=self.workspace.folder).stdout or "{}")
        if urns:
            cli.run(*refresh_of(urns), "-s", stack, folder=self.workspace.folder)

    def _lead_here(self, config: dict[str, Any], outputs: dict[str, Any]) -> None:
        """What a customer does by hand after the first update: the A records of the stack file's names."""
        from lab.nodes.real.vps.names import hosts_of, lead_here  # noqa: PLC0415  not where nodes are simulated

        if hosts := hosts_of(config):
            lead_here(self.root, hosts, str(outputs["public_ip"]))

    def dns(self, host: str, *, forget: bool) -> None:
        """A name leads to this lab's server, or nowhere any more, by the lab's own DNS server.

        Raises:
            StagecoachError: nothing is deployed, or the lab has no real servers.
        """
        from lab.nodes.real.vps.names import Names, lead_here  # noqa: PLC0415  not where nodes are simulated
        from lab.nodes.real.vps.network import Network  # noqa: PLC0415  as above

        if forget:
            Names(self.root, Network(self.root)).forget(host)
        else:
            lead_here(self.root, [host], str(self.outputs()["public_ip"]))

    def _parts(self, config: dict[str, Any]) -> dict[str, Any]:
        """What real servers are made of; the values by which the stack takes them."""
        from lab.nodes.real.vps.parts import ensure_parts  # noqa: PLC0415  not where nodes are simulated
        from lab.nodes.real.vps.stack_values import real_values  # noqa: PLC0415

        ensure_parts(self.root, str(config["stagecoach:image"]))
        return real_values(config)

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
        stack = self._stack(cli)
        chosen = arguments if "-s" in arguments else [*arguments, "-s", stack]
        return cli.run(*chosen, folder=self.workspace.folder)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs.

        Raises:
            StagecoachError: nothing is deployed, or no update of it has ended yet.
        """
        cli = self._cli()
        found = cli.outputs(self._stack(cli), self.workspace.folder)
        if not found:
            raise self._nothing()
        return found

    def kubeconfig(self) -> Path:
        """The file that the last `up` wrote; it has an administrator's key.

        Raises:
            StagecoachError: nothing is deployed.
        """
        path = self.root / "kubeconfig"
        if not path.exists():
            raise self._nothing()
        return path

    def kubectl(self, arguments: list[str]) -> int:
        """Kubectl on the lab's cluster; its exit code."""
        kubeconfig = self.kubeconfig()
        self.daemon.start()
        program = str(Path(sys.executable).with_name("kubectl"))
        environment = {"KUBECACHEDIR": str(kubectl_cache()), **os.environ}
        command = [program, f"--kubeconfig={kubeconfig}", *arguments]
        return subprocess.run(command, check=False, env=environment).returncode

    def _stack(self, cli: PulumiCli) -> str:
        # The CLI takes a quarter of a second to list what lies in one folder.  Where that is not one file, it is asked.
        if len(states := cli.state_files()) == 1:
            return states[0].stem
        stacks = cli.stacks(self.workspace.folder) if self.workspace.folder.exists() else []
        if not stacks:
            raise self._nothing()
        return stacks[0]

    def _nothing(self) -> StagecoachError:
        problem = Problem(path="lab", value=self.name, allowed="it has no deployment", hint="Run `make up` first")
        return StagecoachError("nothing is deployed in this lab", [problem])

    def down(self) -> None:
        """Ends the lab's processes; the next `up` goes on where this stopped."""
        stopped = self.daemon.stop()
        left = self._sweep()
        sys.stdout.write("stopped\n" if stopped or left else "nothing runs\n")

    def reset(self) -> None:
        """Ends the lab's processes, at once because nothing of them is kept, and removes its folder."""
        self.daemon.kill()
        self._sweep()
        if self.root.exists():
            shutil.rmtree(self.root)
        sys.stdout.write(f"the lab {self.name} is forgotten\n")

    def _sweep(self) -> int:
        """Ends what a killed lab left behind."""
        ended = sweep_all(self.root)
        if kind_of(self.root) == REAL:
            from lab.nodes.real.vps.sweep import sweep  # noqa: PLC0415  not where nodes are simulated

            ended += sweep(self.root)
        return ended

    def status(self) -> int:
        """Prints what runs; 1 if nothing does."""
        running = self.daemon.running()
        if not running:
            sys.stdout.write("nothing runs; `make up` starts it\n")
            return 1
        cli = PulumiCli(root=self.root, debug_providers=running.debug_providers)
        for stack in cli.stacks(self.workspace.folder):
            sys.stdout.write(f"stack {stack}, served by process {running.pid}\n")
            found = cli.outputs(stack, self.workspace.folder)
            if not found:
                sys.stdout.write("no update of it has ended yet; `make up` goes on with it\n")
                return 1
            self._report(found, self.workspace.stack_config(stack), None)
        return 0

    def _report(self, outputs: dict[str, Any], config: dict[str, Any], seconds: float | None) -> None:
        # Most of the start-up, which `make url`, `logs` and `down` need not have.
        from infra.stack_file.app_config import AppConfig  # noqa: PLC0415
        from lab.report import print_report  # noqa: PLC0415

        app = AppConfig.model_validate(config.get("stagecoach:app") or {})
        print_report(self.root, outputs, app.health_path, seconds)
