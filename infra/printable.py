"""Texts of other programs, so that they can be printed: they change no terminal and end no table."""

from __future__ import annotations

import re

from infra.errors import cut

# What a terminal takes for a command: ECMA-48's control sequences, and an operating system's command with its end.
# Each piece is looked at once, however the text is made.
_COMMANDS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")


class _Letters(dict[int, str]):
    """For `str.translate`: what can't be printed has a stand-in; asked once for each letter that there is."""

    def __init__(self, kept: str = "") -> None:
        super().__init__({ord(one): one for one in kept})

    def __missing__(self, letter: int) -> str:
        shown = chr(letter) if chr(letter).isprintable() else "\N{REPLACEMENT CHARACTER}"
        self[letter] = shown
        return shown


_LINE, _LINES = _Letters(), _Letters("\n\t")


def one_line(value: object) -> str:
    """A text on one line: half a character, or a terminal's command, would end the table or change it.

    Raises:
        TypeError: it is no text.
    """
    if not isinstance(value, str):
        raise TypeError(f"a text is expected, not {type(value).__name__}")
    return value.translate(_LINE)


def lines(value: object) -> str:
    """A text of several lines, without colours."""
    return _COMMANDS.sub("", str(value)).translate(_LINES).strip()


def shortened(value: object, longest: int) -> str:
    """On one line, and no page of it."""
    return one_line(cut(str(value), longest))
