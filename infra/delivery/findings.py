"""Gather everything that a comment reports, from the working tree, git and the engine."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

from infra.delivery.backend import missing_backend, write_preview
from infra.delivery.comment import Findings, StackPreview
from infra.delivery.git import base_of, changed_files, show
from infra.delivery.stack_changes import stack_changes, touches_program
from infra.errors import ConfigError, Problem, RefusedError
from infra.names import stack_path
from infra.stack_file.deployments import FILE, Deployment, read_deployments
from infra.stack_file.guard_config import GuardException
from infra.stack_file.reader.parse import parse_stack_file
from infra.updates.guard.read import own_preview
from infra.updates.guard.refusals import refusals
from infra.updates.guard.rules import rule

_NO_ENGINE = "No engine preview: {}."


def gather(base: str, *, previews: Path | None, engine: bool, remarks: tuple[str, ...]) -> Findings:
    """Gather everything about the branch.

    Args:
        base: the revision that the branch is compared with.
        previews: a folder with the engine's previews; None: ask the engine.
        engine: whether the engine may be asked.
        remarks: sentences for the comment.

    Raises:
        ConfigError: the base is unknown, or a preview or deployments.yaml can't be read.
        RefusedError: the engine made no preview.
    """
    commit = base_of(base)
    changed, running = changed_files(commit), read_deployments(Path(), show(commit, FILE) or "")
    made, reason = _previews(previews, running, engine=engine)
    return Findings(
        changes=stack_changes(changed, running, partial(show, commit), _root_disks(made)),
        program_changed=touches_program(changed),
        previews=made,
        remarks=(*remarks, *([_NO_ENGINE.format(reason)] if reason else [])),
    )


def require_good(findings: Findings) -> None:
    """Raise an error with every problem; the comment has been written by then.

    Raises:
        ConfigError: a stack file cannot be used.
        RefusedError: the program or the engine refuses an update.
    """
    wrong = [problem for one in findings.changes if one.error for problem in one.error.problems]
    if wrong:
        raise ConfigError("a stack file cannot be used", wrong)
    see = "See the comment"
    refused = [
        Problem(path=one.path, value="", allowed=reason, hint=see) for one in findings.changes for reason in one.refused
    ]
    refused += [
        replace(problem, path=f"stack {one.stack}, {problem.path}")
        for one in findings.previews
        for problem in refusals(one.ruling)
    ]
    if refused:
        raise RefusedError("the update would be refused", refused)


def _previews(
    folder: Path | None, running: tuple[Deployment, ...], *, engine: bool
) -> tuple[tuple[StackPreview, ...], str | None]:
    """Return the previews, and the reason if there are none."""
    if folder:
        return read_previews(folder), None
    if not engine:
        return (), "it was not asked for"
    if not running:
        return (), f"{FILE} names no running deployment"
    reason = missing_backend()
    if reason:
        return (), reason
    with tempfile.TemporaryDirectory() as made:
        for deployment in running:
            write_preview(deployment, Path(made))
        return read_previews(Path(made)), None


def read_previews(folder: Path) -> tuple[StackPreview, ...]:
    """Read every `STACK.json` in a folder, with its `STACK.diff` if there is one.

    Raises:
        ConfigError: the folder does not exist, or a file in it is not a preview of this project.
    """
    if not folder.is_dir():
        allowed, hint = (
            "a folder with STACK.json files",
            "Write them with `pulumi preview --json`, or leave --previews out",
        )
        problem = Problem(path="--previews", value=str(folder), allowed=allowed, hint=hint)
        raise ConfigError("there are no previews", [problem])
    found = []
    for path in sorted(folder.glob("*.json")):
        text = path.with_suffix(".diff")
        preview = own_preview(path.read_text(errors="replace"), str(path))
        found.append(
            StackPreview(
                stack=path.stem,
                preview=preview,
                ruling=rule(preview, _allowed(path.stem)),
                text=text.read_text(errors="replace") if text.exists() else "",
            )
        )
    return tuple(found)


def _allowed(stack: str) -> tuple[GuardException, ...]:
    """Return the stack file's exceptions; none if the file can't be used, which the comment reports elsewhere."""
    path = Path(stack_path(stack))
    try:
        return parse_stack_file(path).guard_exceptions if path.exists() else ()
    except ConfigError:
        return ()


def _root_disks(previews: tuple[StackPreview, ...]) -> dict[str, int]:
    """Return the size in GB of each running server's root disk that the engine knows, by stack file."""
    found = {stack_path(one.stack): one.preview.root_disk_gb for one in previews}
    return {path: size for path, size in found.items() if size}
