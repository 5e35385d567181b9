"""Write texts that may contain anything in GitHub's Markdown so that they stay texts.

HTML entities do not help: GitHub searches the rendered text for people, issues and pictures. It leaves only code alone.
"""

from __future__ import annotations

import re

from infra.printable import one_line

_TICKS = re.compile(r"`+")
_OWN_CODE = re.compile(r"`([^`]+)`")
# This matches a word that contains anything that GitHub reads as Markdown, HTML, mathematics, a person, a link, an
# issue or a picture.
_SPECIAL = re.compile(
    r"[\\`*\[\]<>&|~$@]|(?<![^\W_])_|_(?![^\W_])|://|\bwww\.|#\d|\bgh-\d|:[\w+-]+:", re.ASCII | re.IGNORECASE
)
# At the beginning of a text, these would start a heading, a list, a rule or a table.
_FIRST = re.compile(r"[-+=#:]+|\d{1,9}[.)]")


def code(text: object) -> str:
    """Return inline code in which nothing is Markdown, HTML or a mention; it also works in tables."""
    shown = _shown(text).replace("|", "\\|")
    longest = max((len(run) for run in _TICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{fence}{space}{shown}{space}{fence}" if shown else ""


def plain(text: object) -> str:
    """Return text in which every word stays as it is; words that GitHub would change are put into code."""
    shown, parts, at = _shown(text), [], 0
    for found in _OWN_CODE.finditer(shown):
        parts += [_words(shown[at : found.start()], first=not at), code(found[1])]
        at = found.end()
    return _side_by_side([*parts, _words(shown[at:], first=not at)])


def without_markup(text: str) -> str:
    """Escape text for HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _shown(text: object) -> str:
    return one_line(" ".join(str(text).split()))


def _side_by_side(parts: list[str]) -> str:
    """Join the pieces, with a blank between two pieces of code: without it, their backticks would pair up wrongly."""
    made = ""
    for part in parts:
        made += f" {part}" if made.endswith("`") and part.startswith("`") else part
    return made


def _words(text: str, *, first: bool) -> str:
    """Put special words into code, neighbours into one piece; keep blanks around the text."""
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
