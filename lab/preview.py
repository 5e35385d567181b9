"""`make preview`: a pull request's comment, with the engine's preview of the lab's deployment where one is up."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from infra.errors import Problem, RefusedError
from lab.engine.pulumi_cli import PulumiCli
from lab.engine.stack_values import lab_values
from lab.lifecycle import Lab

_REMARK = (
    "The engine's preview is the lab's: the real engine and a real Kubernetes API server, an emulated cloud, "
    "simulated nodes."
)
_COPY = "preview"  # the stack file's copy that the preview reads: the deployment's own stays as it is


def preview(lab: Lab, *, base: str, output: str | None, stack: str | None) -> int:
    """Writes the comment; the exit code of `python -m infra comment`.

    Raises:
        StagecoachError: no such stack file, or the engine made no preview.
    """
    command = ["--base", base, *(["--output", output] if output else [])]
    running = lab.daemon.running()
    cli = PulumiCli(root=lab.root, debug_providers=running.debug_providers) if running else None
    stacks = cli.stacks(lab.workspace.folder) if cli else []
    if cli is None or not stacks:
        return _comment(*command, "--engine")
    with tempfile.TemporaryDirectory() as folder:
        write_previews(lab, cli, (stacks[0], stack or stacks[0]), Path(folder))
        return _comment(*command, "--previews", folder, "--remark", _REMARK)


def write_previews(lab: Lab, cli: PulumiCli, move: tuple[str, str], folder: Path) -> None:
    """The engine's JSON and text of updating the lab's stack to a stack file of this checkout; `move` is both names."""
    live, wanted = move
    workspace = lab.workspace
    own = workspace.folder / f"Pulumi.{live}.yaml"
    copy = own.with_name(f"Pulumi.{_COPY}.yaml")
    shutil.copyfile(own, copy)  # with its salt
    provider = yaml.safe_load(own.read_text())["config"]["stagecoach:provider"]
    workspace.write_stack(wanted, lab_values(workspace.stack_config(wanted), provider), copy=_COPY)
    options = ["-s", live, "--config-file", copy.name, "--non-interactive", "--color", "never"]
    try:
        document = cli.read("preview", "--json", *options, folder=workspace.folder)
        text = cli.read("preview", "--diff", *options, folder=workspace.folder)
    finally:
        copy.unlink()
    if not document.stdout.startswith("{"):
        said = document.stderr.strip() or "nothing"
        problem = Problem(path=f"stack {live}", value="", allowed=said, hint="`make status` says what runs")
        raise RefusedError("the lab's engine made no preview", [problem])
    (folder / f"{live}.json").write_text(document.stdout)
    (folder / f"{live}.diff").write_text(text.stdout)


def _comment(*arguments: str) -> int:
    return subprocess.run([sys.executable, "-m", "infra", "comment", *arguments], check=False).returncode
