"""Compare each stack file that a branch touches with its base."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

from infra.errors import StagecoachError
from infra.names import stack_path
from infra.planner.plan_for import plan_for
from infra.sizing.plan import StackPlan
from infra.stack_file.deployments import Deployment
from infra.stack_file.reader.parse import parse_stack_text
from infra.updates.changes.compare import compare
from infra.updates.changes.stack_diff import StackDiff

_STACK_FILE = "Pulumi.*.yaml"
# Besides the stack files, these decide what an update builds.
PROGRAM = ("__main__.py", "Pulumi.yaml", "requirements.txt", "infra/*", "pod/*", "stacks/*")

Show = Callable[[str], str | None]  # returns a path's text at the base


@dataclass(frozen=True, kw_only=True)
class StackChange:
    """Compare one stack file with its base.

    `plan` is the new file's plan; `diff` says what the update changes.
    """

    path: str
    base_path: str | None  # the file at the base; None for a new one
    deployment: str | None  # the running deployment that uses the file, or used it
    plan: StackPlan | None
    diff: StackDiff | None
    refused: tuple[str, ...]
    error: StagecoachError | None  # why the file cannot be used


def touches_program(changed: tuple[str, ...]) -> bool:
    """Return whether the branch changes the program that every stack runs."""
    return any(fnmatch(path, pattern) for path in changed for pattern in PROGRAM)


def stack_changes(
    changed: tuple[str, ...],
    deployments: tuple[Deployment, ...],
    show: Show,
    root_disks: Mapping[str, int] | None = None,
) -> tuple[StackChange, ...]:
    """Compare the running deployments that move first, then every other stack file that differs.

    Args:
        changed: paths that differ from the base.
        deployments: the running deployments.
        show: returns a path's text at the base.
        root_disks: sizes in GB of the root disks that the engine knows, by stack file.
    """
    known = root_disks or {}
    moved = [one for one in deployments if one.moves]
    pairs: dict[str, tuple[str, str | None]] = {
        stack_path(one.stack): (stack_path(one.previous), one.name) for one in moved
    }
    running = {stack_path(one.stack): one.name for one in deployments}
    for path in changed:
        if fnmatch(path, _STACK_FILE) and path not in pairs:
            pairs[path] = path, running.get(path)
    return tuple(_change(path, base, name, show, known.get(path)) for path, (base, name) in pairs.items())


def _change(path: str, base_path: str, deployment: str | None, show: Show, root_disk_gb: int | None) -> StackChange:
    file, before = Path(path), show(base_path)
    found = StackChange(
        path=path,
        base_path=base_path if before is not None else None,
        deployment=deployment,
        plan=None,
        diff=None,
        refused=(),
        error=None,
    )
    if not file.exists():
        return found
    try:
        after = parse_stack_text(file.read_text(), path)
        plan = plan_for(after)
    except StagecoachError as error:
        return replace(found, error=error)
    if before is None:
        return replace(found, plan=plan, refused=plan.faults)
    try:
        old = parse_stack_text(before, f"{base_path} at the base")
        diff = compare(old, after, root_disk_gb=root_disk_gb)
    except StagecoachError:
        # The base's file is no longer valid, so there is nothing to compare: the new file's plan is shown alone.
        return replace(found, plan=plan, refused=plan.faults)
    return replace(found, plan=plan, diff=diff, refused=diff.refused)
