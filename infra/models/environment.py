"""Environment variables of the app that a stack file adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from infra.app_contract import reserved_problem
from infra.models.plain_scalar import engine_text
from infra.models.variable_name import variable_problem


def _as_texts(value: object) -> object:
    """587 is the text 587: an environment has nothing else."""
    if not isinstance(value, Mapping):
        return value
    return {name: engine_text(one) if isinstance(one, (bool, int, float)) else one for name, one in value.items()}


def _names(value: dict[str, str]) -> dict[str, str]:
    problems = [f"{name[:80]!r} {found}" for name in value if (found := variable_problem(name))]
    if reserved := reserved_problem(value):
        problems.append(reserved)
    problems += [f"{name} has a NUL character, which ends a text" for name, one in value.items() if "\0" in one]
    if problems:
        raise ValueError("; ".join(problems))
    return value


Environment = Annotated[dict[str, str], BeforeValidator(_as_texts), AfterValidator(_names)]
