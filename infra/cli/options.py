"""Options that commands share, checked by hand so that every problem is listed at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from decimal import Decimal

from infra.catalog import INSTANCE_TYPES
from infra.errors import ConfigError, Problem
from infra.models.quantities import parse_money

TITLE = "the options cannot be used"


def wrong(option: str, value: object, allowed: str, hint: str) -> Problem:
    """One option's problem."""
    return Problem(path=option, value=str(value), allowed=allowed, hint=hint)


def refuse(problems: Iterable[Problem]) -> None:
    """Raises ConfigError where there is any problem."""
    found = list(problems)
    if found:
        raise ConfigError(TITLE, found)


def provider_problems(provider: str | None) -> list[Problem]:
    """Empty where the provider is known, or not named."""
    if provider is None or provider in INSTANCE_TYPES:
        return []
    return [_unknown("--provider", provider, INSTANCE_TYPES)]


def stage_problems(stage: int | None) -> list[Problem]:
    """Empty where the stage exists, or is not named."""
    if stage is None or stage in range(1, 6):
        return []
    return [wrong("--stage", stage, "1 to 5", "See docs/explanation/stages.md")]


def sold_out_problems(names: Iterable[str]) -> list[Problem]:
    """Empty where each is a row of a catalog."""
    known = [row.name for rows in INSTANCE_TYPES.values() for row in rows]
    return [_unknown("--sold-out", name, known) for name in names if name not in known]


def read_budget(text: str | None) -> tuple[Decimal | None, list[Problem]]:
    """The amount, or what is wrong with it."""
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
