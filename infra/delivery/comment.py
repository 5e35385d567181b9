"""Write the one comment under a pull request."""

from __future__ import annotations

from dataclasses import dataclass

from infra.delivery.marker import MARKER
from infra.delivery.stack_changes import StackChange
from infra.report.diff_markdown import diff_markdown
from infra.report.engine_markdown import engine_markdown
from infra.report.guard_markdown import danger_lines, guard_markdown
from infra.report.markdown import Folded, fit
from infra.report.markdown_text import code, plain
from infra.report.plan_markdown import plan_markdown, warning_lines
from infra.updates.guard.rules import Ruling
from infra.updates.preview.engine_preview import EnginePreview
from stacks import STAGES

_INTRO = (
    "One server runs the shop with its database and queues; its *stage* is the size of the customer base that it is "
    "built for. Merging this updates what `deployments.yaml` names. Where it says *refused*: do not merge."
)
_HOW = (
    "Both sides are planned by this branch's code, for the deployment that the old file would have built. Encrypted "
    "values are not compared. How to read this: `docs/how-to/pull-requests.md`."
)


@dataclass(frozen=True, kw_only=True)
class StackPreview:
    """Hold the engine's preview of one running stack; `text` is the output of `--diff`."""

    stack: str
    preview: EnginePreview
    ruling: Ruling
    text: str


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Hold everything that a comment reports.

    `remarks` says where the engine's previews come from, or why there are none.
    """

    changes: tuple[StackChange, ...]
    program_changed: bool
    previews: tuple[StackPreview, ...]
    remarks: tuple[str, ...]


def render_comment(findings: Findings) -> str:
    """Return Markdown within GitHub's limit: dangers, the guard's verdict, the stack files, the engine's preview."""
    parts: list[str | Folded] = [f"{MARKER}\n## What this pull request does to the infrastructure\n\n{_INTRO}\n"]
    dangers = [line for one in findings.previews for line in danger_lines(one.stack, one.ruling)]
    dangers += [f"{code(one.path)}: {plain(reason)}" for one in findings.changes for reason in one.refused]
    dangers += [f"{code(one.path)} cannot be used" for one in findings.changes if one.error]
    dangers += [_removed(one) for one in findings.changes if one.plan is None and not one.error and one.deployment]
    if dangers:
        parts.append("\n".join(["> [!CAUTION]", *(f"> - {line}" for line in dangers), ""]))
    parts += [guard_markdown(one.stack, one.ruling) for one in findings.previews]
    if findings.remarks:
        parts.append("\n".join([*(plain(remark) for remark in findings.remarks), ""]))
    for change in findings.changes:
        parts += _change(change)
    for one in findings.previews:
        title = f"### Stack {code(one.stack)}: the engine's preview\n"
        parts += [title, *engine_markdown(one.preview, one.ruling, one.text)]
    parts.append(_last_lines(findings))
    return fit(parts)


def _removed(change: StackChange) -> str:
    return f"{code(change.path)} is removed, but deployment {code(change.deployment)} runs from it"


def _change(change: StackChange) -> list[str | Folded]:
    whose = f", deployment {code(change.deployment)}" if change.deployment else ", not deployed"
    title = f"### {code(change.path)}{whose}\n"
    if change.error:
        problems = [f"- **{plain(problem)}**" for problem in change.error.problems]
        return ["\n".join([title, plain(change.error.title), "", *problems, ""])]
    if change.plan is None:
        return [f"{title}\nThe file is removed.\n"]
    if change.diff is None:
        known = "The base's file cannot be used any more" if change.base_path else "The file is new"
        return [f"{title}\n{known}: this is what it builds.\n", *plan_markdown(change.plan)]
    before, after = change.diff.stages
    moved = f"{_stage(before)} → {_stage(after).lower()}" if before != after else _stage(after)
    renamed = f"; the stack moves from {code(change.base_path)} by rename" if change.base_path != change.path else ""
    return [f"{title}\n{moved}{renamed}.\n", *warning_lines(change.plan), *diff_markdown(change.diff)]


def _stage(number: int) -> str:
    """Name a stage with its customers: a newcomer can't read anything into the number alone."""
    stage = STAGES[number]
    most = stage.customers_max
    return f"Stage {number} ({f'up to {most}' if most else f'more than {stage.customers_min}'} customers)"


def _last_lines(findings: Findings) -> str:
    lines = [] if findings.changes else ["No stack file changes."]
    if findings.program_changed:
        lines.append("The program changes, too: only the engine's preview shows what that does to a running stack.")
    if findings.changes:
        lines.append(_HOW)
    return "\n".join([*lines, ""])
