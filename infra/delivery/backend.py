"""The Pulumi CLI on the real backend: previews and updates of the running deployments."""

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
    """Why the engine can't be asked on this machine; None where it can.

    A workflow's job without the stacks' secrets says STAGECOACH_ENGINE_PREVIEW; on a person's machine it is not set.
    """
    if os.environ.get(_SWITCH, "true") != "true":
        return f"{_SWITCH} is not true in this repository, see docs/how-to/pull-requests.md"
    if shutil.which("pulumi") is None:
        return "there is no `pulumi` on PATH"
    who = engine.ask("whoami")
    return None if who.returncode == 0 else f"`pulumi whoami` says: {_last_line(who.stderr)}"


def holder(deployment: Deployment) -> str:
    """The stack that holds the deployment's state now: before a move the old one, afterwards the new one.

    Raises:
        RefusedError: none does, or several do, or the backend does not answer.
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
    """Leaves the engine's JSON, and its text where somebody reads it, in `folder`; backend and files stay as they are.

    The engine's update plan goes to the file `plan`, for `update`, and a copy of the stack file lies beside it: secrets
    in the plan are encrypted with the salt of that copy.

    Returns:
        What the command said last where it failed, which may be more than the JSON says: that the plan can't be saved.

    Raises:
        RefusedError: there was no preview at all; a failed one is in the JSON.
    """
    stack = holder(deployment)
    with tempfile.TemporaryDirectory() as copies:
        # A copy: where the file has no salt yet, the CLI writes one into it, and another one each time.
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
    """Reads resources whose last update failed again from their provider; the engine's exit code, 0 if there are none.

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
        # As in a preview: before a move the file of the old stack may be gone, and none is to be written to.
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
    """Renames the stack where the deployment moves to another one; the engine's exit code, 0 if there is no move."""
    stack = holder(deployment)
    return 0 if stack == deployment.stack else _rename(stack, deployment.stack)


def update(deployment: Deployment, plan: Path) -> int:
    """`pulumi up` of the deployment's own stack, limited to what `plan` allows; the engine's exit code.

    `plan` is the file that `write_preview` saved, with the copy of the stack file beside it. An operation or a value
    beyond it ends the update.
    """
    copy = plan.parent / Path(stack_path(deployment.stack)).name
    sys.stdout.write(f"deployment {deployment.name}: pulumi up -s {deployment.stack}\n")
    options = ("--config-file", str(copy), "--yes", *_QUIET)
    return engine.run("up", "-s", deployment.stack, "--plan", str(plan), *options)


def _rename(old: str, new: str) -> int:
    """In a folder without stack files: there the command has none to overwrite (ADR 0006)."""
    sys.stdout.write(f"pulumi stack rename {new} -s {old}\n")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile("Pulumi.yaml", Path(folder, "Pulumi.yaml"))
        return engine.run("-C", folder, "stack", "rename", new, "-s", old, *_QUIET)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "nothing"
