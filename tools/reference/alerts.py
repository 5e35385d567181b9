"""docs/reference/alerts.md: every alert with what it means, from the runbook pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tools.reference.markdown import page, table

RUNBOOKS = Path(__file__).resolve().parents[2] / "docs" / "runbooks"
_MEANING = re.compile(r"\*\*What it means\.\*\* (.+)")
_INTRO = """\
Each alert has a page: what it means, where to look, what to do. \
[Get alerts by mail or webhook](../how-to/alerts.md) says how they reach you."""


def alerts_page() -> str:
    """The page's text."""
    return page("Alerts", _INTRO, table(("alert", "what it means"), _rows()))


def _rows() -> Iterator[list[str]]:
    for path in sorted(RUNBOOKS.glob("*.md")):
        meaning = _MEANING.search(path.read_text())
        if meaning is None:
            raise ValueError(f"{path.name} has no line that begins with **What it means.**")
        # A page's own links begin at its own folder.
        text = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", meaning[1])
        yield [f"[{path.stem}](../runbooks/{path.name})", text]
