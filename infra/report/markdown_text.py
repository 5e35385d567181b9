"""Texts that may contain anything, as GitHub's Markdown in which they stay texts.

Entities do not help: GitHub looks for people, issues and pictures in what Markdown has become. Inside of code it looks
for nothing.
"""

from __future__ import annotations

import re

from infra.printable import one_line

_TICKS = re.compile(r"`+")
_OWN_CODE = re.compile(r"`([^`]+)`")
# A word with anything in it that GitHub reads as Markdown, HTML, mathematics, a person, a link, an issue or a picture.
_SPECIAL = re.compile(
    r"[\\`*\[\]<>&|~$@]|(?<![^\W_])_|_(?![^\W_])|://|\bwww\.|#\d|\bgh-\d|:[\w+-]+:", re.ASCII | re.IGNORECASE
)
# What begins a heading, a list, a rule or a table where it stands first.
_FIRST = re.compile(r"[-+=#:]+|\d{1,9}[.)]")


def code(text: object) -> str:
    """Inline code in which nothing is Markdown, HTML or a mention, inside tables too."""
    shown = _shown(text).replace("|", "\\|")
    longest = max((len(run) for run in _TICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{fence}{space}{shown}{space}{fence}" if shown else ""


def plain(text: object) -> str:
    """Text in which every word stays one; those that GitHub would make something of stand in code."""
    shown, parts, at = _shown(text), [], 0
    for found in _OWN_CODE.finditer(shown):
        parts += [_words(shown[at : found.start()], first=not at), code(found[1])]
        at = found.end()
    return _side_by_side([*parts, _words(shown[at:], first=not at)])


def without_markup(text: str) -> str:
    """Text inside of HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _shown(text: object) -> str:
    return one_line(" ".join(str(text).split()))


def _side_by_side(parts: list[str]) -> str:
    """Two pieces of code that touched would be read as another pair."""
    made = ""
    for part in parts:
        made += f" {part}" if made.endswith("`") and part.startswith("`") else part
    return made


def _words(text: str, *, first: bool) -> str:
    """Neighbours that stand in code share it; blanks around the text are kept."""
    pieces: list[str] = []
    held: list[str] = []
    for number, word in enumerate(text.split(" ")):
        if _SPECIAL.search(word) or (first and not number and _FIRST.fullmatch(word)):
            held.append(word)
            continue
        if held:
            pieces.append(code(" ".join(held)))
            held = []
        pieces.append(word)
    return " ".join([*pieces, *([code(" ".join(held))] if held else [])])
