"""Define the errors that a command shows to people: without a traceback, and with every problem at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_LONGEST = 20_000  # characters of one part of a message: a stack file may have a value of a million


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A problem says where something is wrong, what was found, what is allowed, and what to do."""

    path: str
    value: str  # as a person wrote it; never a secret
    allowed: str
    hint: str

    def __str__(self) -> str:
        """Return the problem as one line of a message."""
        path, value, allowed, hint = (cut(one, _LONGEST) for one in (self.path, self.value, self.allowed, self.hint))
        found = f" = {_line(value)}" if value else ""
        return f"{_line(path)}{found}: {_plain(allowed)}. {_plain(hint)}"


def cut(text: str, longest: int) -> str:
    """Return the text, cut to its first characters with three dots after them if it is longer.

    Args:
        text: Any text.
        longest: The number of characters that are kept.
    """
    return text if len(text) <= longest else f"{text[:longest]}..."


def _line(text: str) -> str:
    """Escape line ends and terminal commands in a text that comes from a file."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def _plain(text: str) -> str:
    """Escape terminal commands in a sentence, but keep its lines, because it may repeat a program's output."""
    return "".join(one if one in "\n\t" else _line(one) for one in text)


class StagecoachError(Exception):
    """An error of this kind ends a command with a message instead of a traceback."""

    exit_code = 2

    def __init__(self, title: str, problems: Iterable[Problem] = ()) -> None:
        self.title = title
        self.problems = tuple(problems)
        lines = [title, *(f"  - {problem}" for problem in self.problems)]
        super().__init__("\n".join(lines))


class ConfigError(StagecoachError):
    """The stack file cannot be used (exit code 2)."""


class RefusedError(StagecoachError):
    """The input is valid, but the program refuses to do what it asks for (exit code 1)."""

    exit_code = 1
