"""Call the Pulumi CLI on the real backend, to preview and update the running deployments."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra.delivery import engine
from infra.errors import Problem, RefusedError
from infra.names import stack_path
from infra.preflight.recheck import failed_resources, refresh_of
from infra.stack_file.deployments import FILE, Deployment

_SWITCH = "STAGECOACH_ENGINE_PREVIEW"
_QUIET = ("--non-interactive", "--color", "never")


def missing_backend() -> str | None:
    """Return why the engine can't be asked on this machine; None if it can.

    A workflow's job without the stacks' secrets sets STAGECOACH_ENGINE_PREVIEW to something other than "true". On a
    person's machine the variable is not set.
    """
    if os.environ.get(_SWITCH, "true") != "true":
        return f"{_SWITCH} is not true in this repository, see docs/how-to/pull-requests.md"
    if shutil.which("pulumi") is None:
        return "there is no `pulumi` on PATH"
    who = engine.ask("whoami")
    return None if who.returncode == 0 else f"`pulumi whoami` says: {_last_line(who.stderr)}"


def holder(deployment: Deployment) -> str:
    """Return the stack that holds the deployment's state: the old one before a move, the new one after it.

    Raises:
        RefusedError: no stack holds it, several do, or the backend does not answer.
    """
    listed = engine.ask("stack", "ls", "--json")
    if listed.returncode:
        hint = "Log in where the state is (`pulumi login`), and try again"
        problem = Problem(path="pulumi stack ls", value="", allowed=_last_line(listed.stderr), hint=hint)
        raise RefusedError("the backend can't be asked for its stacks", [problem])
    rows: list[dict[str, Any]] = json.loads(listed.stdout or "[]")
    known = {str(row["name"]).rsplit("/", 1)[-1] for row in rows}
    found = sorted(known.intersection(deployment.candidates))
    if len(found) == 1:
        return found[0]
    if found:
        allowed = f"one stack; the backend has {' and '.join(found)}, which would be {len(found)} shops"
        hint = "Remove the empty one with `pulumi stack rm`"
    else:
        allowed = f"one of {', '.join(deployment.candidates)} in the backend, which has {', '.join(known) or 'none'}"
        hint = f"The first update is made by hand: `pulumi stack init {deployment.stack}`, then `pulumi up`"
    problem = Problem(path=f"{FILE}: {deployment.name}", value=deployment.stack, allowed=allowed, hint=hint)
    raise RefusedError("the deployment's state cannot be found", [problem])


def write_preview(deployment: Deployment, folder: Path, *, readable: bool = True, plan: Path | None = None) -> str:
    """Write the engine's preview into a folder; the backend and the stack files stay as they are.

    Secrets in the update plan are encrypted with the salt of a copy of the stack file, which is kept beside the plan.

    Args:
        deployment: the deployment to preview.
        folder: gets STACK.json, and STACK.diff with the text for people.
        readable: False leaves STACK.diff empty, which saves a second preview.
        plan: the file for the engine's update plan, which `update` reads; None: save no plan.

    Returns:
        The last line that a failed command printed, empty if it succeeded. It may say more than the JSON: for example,
            that the plan can't be saved.

    Raises:
        RefusedError: the command printed no preview. A preview with errors is in the JSON.
    """
    stack = holder(deployment)
    with tempfile.TemporaryDirectory() as copies:
        # The CLI writes a salt into a file that has none, a new one each time. So it gets a copy.
        copy = str(shutil.copy(stack_path(deployment.stack), plan.parent if plan else copies))
        options = ["-s", stack, "--config-file", copy, *_QUIET]
        done = engine.ask("preview", "--json", *options, *(["--save-plan", str(plan)] if plan else []))
        text = engine.ask("preview", "--diff", *options).stdout if readable else ""
    if not done.stdout.lstrip().startswith("{"):
        problem = Problem(
            path=f"stack {stack}", value="", allowed=_last_line(done.stderr), hint="Run `pulumi preview` by hand"
        )
        raise RefusedError("the engine made no preview", [problem])
    (folder / f"{deployment.stack}.json").write_text(done.stdout)
    (folder / f"{deployment.stack}.diff").write_text(text)
    return _last_line(done.stderr) if done.returncode else ""


def recheck(stack: str) -> int:
    """Read resources whose last update failed from their provider again.

    Returns:
        The engine's exit code; 0 if no resource failed.

    Raises:
        RefusedError: the stack's state can't be read.
    """
    done = engine.ask("stack", "export", "-s", stack)
    if done.returncode:
        hint = "Name a stack of `pulumi stack ls`, and log in where its state is"
        problem = Problem(path="stack", value=stack, allowed=_last_line(done.stderr), hint=hint)
        raise RefusedError("the state can't be read", [problem])
    urns = failed_resources(done.stdout)
    if not urns:
        sys.stdout.write(f"stack {stack}: no resource of the cloud failed in the last update\n")
        return 0
    names = ", ".join(urn.rpartition("::")[2] for urn in urns)
    sys.stdout.write(f"stack {stack}: the last update failed at {names}: asking the provider what they are\n")
    with tempfile.TemporaryDirectory() as copies:
        # As in a preview, the CLI gets a copy: it must not write to stack files. Before a move, the old stack's file
        # may be gone.
        found = stack_path(stack)
        options = ["--config-file", shutil.copy(found, copies)] if Path(found).exists() else []
        code = engine.run(*refresh_of(urns), "-s", stack, *options, *_QUIET)
    if code:
        sys.stderr.write(
            f"stack {stack}: what failed could not be read from the provider (exit code {code}, see above); no "
            "resource was changed. Until it is read the state may say what was only planned: try again\n"
        )
    return code


def rename(deployment: Deployment) -> int:
    """Rename the stack if the deployment moves to another one.

    Returns:
        The engine's exit code; 0 if there is no move.
    """
    stack = holder(deployment)
    return 0 if stack == deployment.stack else _rename(stack, deployment.stack)


def update(deployment: Deployment, plan: Path) -> int:
    """Run `pulumi up` on the deployment's own stack, limited to the operations that `plan` allows.

    Args:
        deployment: the deployment to update.
        plan: the file that `write_preview` saved, with the copy of the stack file beside it. An operation or a value
            that it does not have ends the update.

    Returns:
        The engine's exit code.
    """
    copy = plan.parent / Path(stack_path(deployment.stack)).name
    sys.stdout.write(f"deployment {deployment.name}: pulumi up -s {deployment.stack}\n")
    options = ("--config-file", str(copy), "--yes", *_QUIET)
    return engine.run("up", "-s", deployment.stack, "--plan", str(plan), *options)


def _rename(old: str, new: str) -> int:
    """Rename in a folder without stack files, where the command has none to overwrite (ADR 0006)."""
    sys.stdout.write(f"pulumi stack rename {new} -s {old}\n")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile("Pulumi.yaml", Path(folder, "Pulumi.yaml"))
        return engine.run("-C", folder, "stack", "rename", new, "-s", old, *_QUIET)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing"
