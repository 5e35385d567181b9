"""Errors that are shown to people: no traceback, every problem at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_LONGEST = 20_000  # characters of one part of a message: a stack file may have a value of a million


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong: where, what was found, what is allowed, what to do."""

    path: str
    value: str  # as a person wrote it; never a secret
    allowed: str
    hint: str

    def __str__(self) -> str:
        """One line for the message."""
        path, value, allowed, hint = (cut(one, _LONGEST) for one in (self.path, self.value, self.allowed, self.hint))
        found = f" = {_line(value)}" if value else ""
        return f"{_line(path)}{found}: {_plain(allowed)}. {_plain(hint)}"


def cut(text: str, longest: int) -> str:
    """The text, or its first characters with three dots behind them."""
    return text if len(text) <= longest else f"{text[:longest]}..."


def _line(text: str) -> str:
    """What a file says, without line ends and a terminal's commands."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def _plain(text: str) -> str:
    """The same of a sentence, which may have several lines where it repeats what a program said."""
    return "".join(one if one in "\n\t" else _line(one) for one in text)


class StagecoachError(Exception):
    """Base of all errors that end a command with a message instead of a traceback."""

    exit_code = 2

    def __init__(self, title: str, problems: Iterable[Problem] = ()) -> None:
        self.title = title
        self.problems = tuple(problems)
        lines = [title, *(f"  - {problem}" for problem in self.problems)]
        super().__init__("\n".join(lines))


class ConfigError(StagecoachError):
    """The stack file cannot be used (exit code 2)."""


class RefusedError(StagecoachError):
    """The input is valid, but what it asks for is refused (exit code 1)."""

    exit_code = 1
