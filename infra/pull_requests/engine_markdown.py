"""The engine's preview as Markdown: what is replaced first."""

from __future__ import annotations

from collections import Counter

from infra.pull_requests.engine_preview import EnginePreview, Step
from infra.pull_requests.markdown import Folded, code, folded_table, folded_text, plain

_ORDER = ("replace", "delete", "create", "update")
_SHOWN_PATHS = 3
_SHOWN_ERROR = 2000  # characters; a refusal with all its problems is shorter


def danger_lines(stack: str, preview: EnginePreview) -> list[str]:
    """One line for everything that would go and may hold data."""
    words = {"replace": "replaced", "delete": "deleted"}
    return [
        f"{code(step.name)} ({code(step.type)}) of stack {code(stack)} would be {words[step.op]}"
        + (f" because of {', '.join(code(one) for one in step.replacing)}" if step.replacing else "")
        + (", although it is protected" if step.protected else "")
        for step in preview.steps
        if step.dangerous
    ]


def engine_markdown(preview: EnginePreview, diff_text: str) -> list[str | Folded]:
    """Counts and errors in the open; the table and the engine's own text behind a click."""
    counts = Counter(step.op for step in preview.steps)
    ordered = sorted(counts, key=_rank)
    summary = [f"{counts[op]} to {op}" for op in ordered] or ["no changes"]
    lines = [f"{', '.join(summary)}, {preview.unchanged} unchanged.", ""]
    for kind, messages in (("Error", preview.errors), ("Warning", preview.warnings)):
        lines += [f"- **{kind}:** {plain(message)[:_SHOWN_ERROR]}" for message in messages]
    parts: list[str | Folded] = ["\n".join([*lines, ""])]
    if preview.steps:
        rows = [_row(step) for step in sorted(preview.steps, key=lambda step: _rank(step.op))]
        parts.append(folded_table(f"{len(rows)} resources", ("", "resource", "type", "what changes"), rows))
    if diff_text.strip():
        parts.append(folded_text("The engine's own text", diff_text))
    return parts


def _rank(op: str) -> tuple[int, str]:
    return (_ORDER.index(op) if op in _ORDER else len(_ORDER), op)


def _row(step: Step) -> tuple[str, str, str, str]:
    shown = [code(path) for path in step.paths[:_SHOWN_PATHS]]
    more = len(step.paths) - len(shown)
    what = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    op = f"**{step.op}**" if step.dangerous else step.op
    return op, code(step.name), code(step.type), what
