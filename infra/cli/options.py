"""Define options that commands share, and check them by hand so that every problem is listed at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import typer

from infra.clouds import CLOUDS
from infra.errors import ConfigError, Problem
from infra.stack_file.values.quantities import parse_money
from stacks import LAST, STAGES

TITLE = "the options cannot be used"
_WHOLE = re.compile(r"[-+]?[0-9]{1,4000}")


def wrong(option: str, value: object, allowed: str, hint: str) -> Problem:
    """Return the problem of one option.

    Args:
        option: the option, such as --stage.
        value: the value that was given.
        allowed: a description of the values that are allowed.
        hint: what to do.
    """
    return Problem(path=option, value=str(value), allowed=allowed, hint=hint)


def whole_option(
    said: str,
    autocompletion: Callable[..., Any] | None = None,
    *,
    least: int | None = None,
    most: int | None = None,
) -> Any:  # noqa: ANN401  as typer.Option
    """Return an option with a whole number, and with messages of our own: typer's would be pydantic's.

    Args:
        said: the option's help.
        autocompletion: as in typer.
        least: the smallest number that is accepted; None: the command checks it itself.
        most: the largest number that is accepted; None: the command checks it itself.
    """

    def read(text: str | int) -> int:
        number = _whole_number(str(text))
        if least is not None and number < least:
            raise typer.BadParameter(f"{number} is less than {least:,}")
        if most is not None and number > most:
            raise typer.BadParameter(f"{str(number)[:60]} is more than {most:,}")
        return number

    bounds = f" {least:,} to {most:,}." if least is not None and most is not None else ""
    return typer.Option(parser=read, metavar="<int>", help=f"{said}{bounds}", autocompletion=autocompletion)


def number_option(said: str) -> Any:  # noqa: ANN401  as above
    """Return an option with a number that may have a fraction; `said` is its help."""
    return typer.Option(parser=_number, metavar="<float>", help=said)


def _whole_number(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise typer.BadParameter(f"{text[:60]!r} is no whole number: write digits alone, such as 5")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"{text[:60]!r} is no number: write it as 5 or 0.5") from None


def refuse(problems: Iterable[Problem]) -> None:
    """Raise ConfigError if there is any problem."""
    found = list(problems)
    if found:
        raise ConfigError(TITLE, found)


def provider_problems(provider: str | None) -> list[Problem]:
    """Return a problem if the provider is named but unknown."""
    if provider is None or provider in CLOUDS:
        return []
    return [_unknown("--provider", provider, CLOUDS)]


def stage_problems(stage: int | None) -> list[Problem]:
    """Return a problem if the stage is named but does not exist."""
    if stage is None or stage in STAGES:
        return []
    return [wrong("--stage", stage, f"1 to {LAST}", "See docs/explanation/stages.md")]


def sold_out_problems(names: Iterable[str]) -> list[Problem]:
    """Return a problem for each name that no catalog has."""
    known = [row.name for cloud in CLOUDS.values() for row in cloud.catalog.instance_types]
    return [_unknown("--sold-out", name, known) for name in names if name not in known]


def read_budget(text: str | None) -> tuple[Decimal | None, list[Problem]]:
    """Return the amount, or the problem with it."""
    if text is None:
        return None, []
    try:
        return parse_money(text), []
    except ValueError as error:
        return None, [wrong("--budget", text, str(error), "Leave the currency out: each provider has one")]


def _unknown(option: str, value: str, known: Iterable[str]) -> Problem:
    names = list(known)
    close = difflib.get_close_matches(value, names, n=1)
    hint = f"Did you mean {close[0]}?" if close else "See docs/reference/catalog.md"
    return wrong(option, value, f"one of {', '.join(names)}", hint)
