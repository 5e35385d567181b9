"""Write tables, code and folded parts of GitHub's Markdown from texts that may contain anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from infra.printable import one_line
from infra.report.markdown_text import without_markup

LIMIT = 65_536  # characters of a comment: GitHub refuses more ("Body is too long (maximum is 65536 characters)")
_TICKS = re.compile(r"`+")
_CUT = "... cut to fit a comment; the whole text is in the job's log"


@dataclass(frozen=True, kw_only=True)
class Folded:
    """Hold a part that opens on a click; its lines are cut first if a comment is too long."""

    title: str
    lines: tuple[str, ...]
    opening: tuple[str, ...]  # lines that are never cut: a table's head, a fence
    closing: tuple[str, ...] = ()

    def render(self, room: int) -> str:
        """Return at most `room` characters; an empty text if not even the frame fits."""
        head = "\n".join([f"<details><summary>{without_markup(self.title)}</summary>", "", *self.opening])
        tail = "\n".join([*self.closing, "", "</details>", ""])
        left = room - len(head) - len(tail) - 2
        if left < len(_CUT):
            return ""
        body = "\n".join(self.lines)
        if len(body) > left:
            body = _whole_lines(self.lines, left - len(_CUT) - 1) + _CUT
        return f"{head}\n{body}\n{tail}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table's lines; the cells are Markdown already."""
    return [*table_head(head), *(table_row(row) for row in rows)]


def table_head(head: Sequence[str]) -> tuple[str, str]:
    """Return the two lines above a table's rows."""
    return table_row(head), table_row(["---"] * len(head))


def table_row(cells: Sequence[str]) -> str:
    """Return one line of a table."""
    return f"| {' | '.join(cells)} |"


def folded_text(title: str, text: str) -> Folded:
    """Fold a text unchanged, in a fence that is longer than any fence in it."""
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    lines = tuple(one_line(line.replace("\t", "    ")) for line in text.rstrip().splitlines())
    return Folded(title=title, lines=lines, opening=(f"{fence}diff",), closing=(fence,))


def folded_table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Folded:
    """Fold a table."""
    return Folded(title=title, lines=tuple(table_row(row) for row in rows), opening=table_head(head))


def fit(parts: Sequence[str | Folded], limit: int = LIMIT) -> str:
    """Join all parts in order; folded parts share the characters that the others leave.

    Args:
        parts: Markdown, and folded parts.
        limit: the most characters that the result may have.
    """
    texts = [part for part in parts if isinstance(part, str)]
    room = limit - sum(len(text) + 1 for text in texts)
    if room < 0:
        return cut("\n".join(texts), limit)
    waiting = [part for part in parts if isinstance(part, Folded)]
    rendered: dict[int, str] = {}
    # Short parts come first: the characters that they don't need go to the long ones.
    for count, part in enumerate(sorted(waiting, key=_length)):
        share = room // (len(waiting) - count)
        rendered[id(part)] = part.render(share - 1)
        room -= len(rendered[id(part)]) + 1
    return "\n".join(part if isinstance(part, str) else rendered[id(part)] for part in parts)


def cut(text: str, limit: int) -> str:
    """Keep whole lines up to `limit` characters, and say in a last line that the rest is missing."""
    if len(text) <= limit:
        return text
    return _whole_lines(tuple(text.splitlines()), limit - len(_CUT) - 1) + _CUT


def _length(part: Folded) -> int:
    return sum(len(line) + 1 for line in part.lines)


def _whole_lines(lines: tuple[str, ...], room: int) -> str:
    kept = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(f"{line}\n")
    return "".join(kept)
