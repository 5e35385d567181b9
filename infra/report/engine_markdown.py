"""Write the engine's preview as Markdown, replacements first."""

from __future__ import annotations

from collections import Counter

from infra.errors import cut
from infra.report.markdown import Folded, folded_table, folded_text
from infra.report.markdown_text import code, plain
from infra.updates.guard.rules import Ruling, Verdict
from infra.updates.preview.engine_preview import EnginePreview

_ORDER = ("replace", "delete", "create", "update")
_SHOWN_PATHS = 3
_SHOWN_ERROR = 2000  # characters; a refusal with all its problems is shorter


def engine_markdown(preview: EnginePreview, ruling: Ruling, diff_text: str) -> list[str | Folded]:
    """Return counts and errors in the open; the table and the engine's own text are folded.

    Args:
        preview: the engine's preview.
        ruling: the guard's decisions on it.
        diff_text: the output of `pulumi preview --diff`; empty: leave it out.
    """
    counts = Counter(step.op for step in preview.steps)
    ordered = sorted(counts, key=_rank)
    summary = [f"{counts[op]} to {plain(op)}" for op in ordered] or ["no changes"]
    lines = [f"{', '.join(summary)}, {preview.unchanged} unchanged.", ""]  # Markdown needs an empty line before a list
    for kind, messages in (("Error", preview.errors), ("Warning", preview.warnings)):
        lines += [f"- **{kind}:** {plain(_cut(message))}" for message in messages]
    lines += _replaced(ruling)
    parts: list[str | Folded] = ["\n".join(lines)]
    if preview.steps:
        rows = [_row(one) for one in sorted(ruling.verdicts, key=lambda one: _rank(one.step.op))]
        parts.append(folded_table(f"{len(rows)} resources", ("", "resource", "type", "what changes"), rows))
    if diff_text.strip():
        parts.append(folded_text("The engine's own text", diff_text))
    return parts


def _cut(message: str) -> str:
    """Shorten a message before it becomes Markdown: half of an inline code would not be code any more."""
    return cut(message, _SHOWN_ERROR)


def _replaced(ruling: Ruling) -> list[str]:
    """Say which kinds of resources are replaced or deleted if the guard finds no loss in that.

    After "7 to replace" a reader wants to know which.
    """
    gone = [one for one in ruling.verdicts if one.step.op in ("replace", "delete")]
    if not gone or any(one.why for one in gone):
        return []
    counts = Counter(one.step.type.rpartition(":")[2] for one in gone)
    kinds = ", ".join(f"{count} {plain(name)}" for name, count in sorted(counts.items()))
    return [f"- Nothing that is replaced or deleted holds data, a name or an address: {kinds}.", ""]


def _rank(op: str) -> tuple[int, str]:
    return (_ORDER.index(op) if op in _ORDER else len(_ORDER), op)


def _row(one: Verdict) -> tuple[str, str, str, str]:
    step = one.step
    shown = [code(path) for path in step.paths[:_SHOWN_PATHS]]
    more = len(step.paths) - len(shown)
    what = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    return (f"**{plain(step.op)}**" if one.why else plain(step.op)), code(step.name), code(step.type), what
