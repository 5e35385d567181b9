"""Check the app's own names for variables that the stack sets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator

from infra.stack_file.app_contract import PARTS, RESERVED, URLS, VARIABLES, is_source
from infra.stack_file.strict import Between, BetweenFieldsError
from infra.stack_file.values.variable_name import variable_problem

_PATH = "app.aliases"
_VALUES = "A value of your own stands in `env`, a secret one in `env_secrets`"
_MOST = 200  # an alias sets one variable, with a URL of any length; no app reads as many as this
_SHOWN = re.compile(r"[A-Za-z_.]{1,80}")  # any other text may be a URL with a password, which no message may show


def _aliases(value: dict[str, str]) -> dict[str, str]:
    problems = [one for name, source in value.items() for one in _problems(name, source)]
    if len(value) > _MOST:
        allowed = f"at most {_MOST} names, and there are {len(value)}"
        problems.append(Between(path=_PATH, value="", allowed=allowed, needs=(_PATH,), hint="Remove some"))
    if problems:
        raise BetweenFieldsError(problems)
    return value


def _problems(name: str, source: str) -> Iterator[Between]:
    path = f"{_PATH}.{name[:80]}"
    if found := variable_problem(name):
        hint = "Write the name that the app reads"
        yield Between(path=path, value="", allowed=found, needs=(path,), hint=hint)
    elif name in RESERVED:
        allowed = "is a name that the stack gives the app itself; choose the app's own name"
        yield Between(path=path, value="", allowed=allowed, needs=(path,), hint="Or remove it")
    if not is_source(source):
        allowed = (
            f"names no variable of the stack: write one of {', '.join(VARIABLES)}, or a part of a URL "
            f"({', '.join(PARTS)}), such as {URLS[0]}.password"
        )
        shown = source if _SHOWN.fullmatch(source) else ""
        yield Between(path=path, value=shown, allowed=allowed, needs=(path,), hint=_VALUES)


def twice(aliases: Mapping[str, str], env: Collection[str]) -> Iterator[Between]:
    """Yield a problem for each alias that `env` sets too, because one of the two values would be ignored.

    Args:
        aliases: Variables of the stack by the app's name for them.
        env: The app's own variables.
    """
    for name in aliases:
        if name in env:
            allowed = "stands in `env` as well"
            needs = (f"{_PATH}.{name}", "env")
            yield Between(path=needs[0], value="", allowed=allowed, needs=needs, hint="Remove one of them")


Aliases = Annotated[dict[str, str], AfterValidator(_aliases)]
