"""What a branch does to each stack file that it touches."""

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
# What decides what an update builds besides the stack files.
PROGRAM = ("__main__.py", "Pulumi.yaml", "requirements.txt", "infra/*", "pod/*", "stacks/*")

Show = Callable[[str], str | None]  # a path's text at the base


@dataclass(frozen=True, kw_only=True)
class StackChange:
    """One stack file at the base and now; `plan` is the new one's, `diff` says what the update changes."""

    path: str
    base_path: str | None  # the file that is compared with; None for a new one
    deployment: str | None  # the running deployment that uses it, or used it
    plan: StackPlan | None
    diff: StackDiff | None
    refused: tuple[str, ...]
    error: StagecoachError | None  # the file cannot be used


def touches_program(changed: tuple[str, ...]) -> bool:
    """Whether the branch changes what every stack builds."""
    return any(fnmatch(path, pattern) for path in changed for pattern in PROGRAM)


def stack_changes(
    changed: tuple[str, ...],
    deployments: tuple[Deployment, ...],
    show: Show,
    root_disks: Mapping[str, int] | None = None,
) -> tuple[StackChange, ...]:
    """Running deployments that move first, then every other stack file that differs.

    `root_disks` are those that the engine knows, in GB, by stack file.
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
        # The base's file is no longer valid: what matters is what the new one would build.
        return replace(found, plan=plan, refused=plan.faults)
    return replace(found, plan=plan, diff=diff, refused=diff.refused)
