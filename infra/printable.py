"""Make texts of other programs safe to print: they must not control the terminal or break a table."""

from __future__ import annotations

import re

from infra.errors import cut

# Terminals execute these: ECMA-48's control sequences, and commands to the operating system with their end. The pattern
# takes linear time, so that a hostile text cannot slow the program down.
_COMMANDS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")


class _Letters(dict[int, str]):
    """A table for `str.translate` replaces characters that cannot be printed, and remembers its answer for each one."""

    def __init__(self, kept: str = "") -> None:
        super().__init__({ord(one): one for one in kept})

    def __missing__(self, letter: int) -> str:
        shown = chr(letter) if chr(letter).isprintable() else "\N{REPLACEMENT CHARACTER}"
        self[letter] = shown
        return shown


_LINE, _LINES = _Letters(), _Letters("\n\t")


def one_line(value: object) -> str:
    """Return the text on one line, with a stand-in for each character that would break a table or control the terminal.

    Args:
        value: A text.

    Raises:
        TypeError: The value is not a text.
    """
    if not isinstance(value, str):
        raise TypeError(f"a text is expected, not {type(value).__name__}")
    return value.translate(_LINE)


def lines(value: object) -> str:
    """Return the text with its lines, but without colours and other terminal commands.

    Args:
        value: A text, or an object whose text is taken.
    """
    return _COMMANDS.sub("", str(value)).translate(_LINES).strip()


def shortened(value: object, longest: int) -> str:
    """Return the text on one line, cut to a length.

    Args:
        value: A text, or an object whose text is taken.
        longest: The number of characters that are kept.
    """
    return one_line(cut(str(value), longest))
