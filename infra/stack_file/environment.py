"""Check the environment variables that a stack file adds to the app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from infra.stack_file.app_contract import reserved_problem
from infra.stack_file.reader.plain_scalar import engine_text
from infra.stack_file.strict import Between, BetweenFieldsError
from infra.stack_file.values.variable_name import total_problem, value_problem, variable_problem


def _as_texts(value: object) -> object:
    """Convert numbers and truth values to text, because an environment holds nothing else."""
    if not isinstance(value, Mapping):
        return value
    return {name: engine_text(one) if isinstance(one, (bool, int, float)) else one for name, one in value.items()}


def _name(name: str) -> str:
    if found := variable_problem(name):
        raise ValueError(found)
    if reserved := reserved_problem([name]):
        raise ValueError(reserved)
    return name


def _values(values: dict[str, str]) -> dict[str, str]:
    """Check each variable, and the size of all of them together."""
    problems = [
        Between(path=f"env.{name}", value="", allowed=found, needs=(f"env.{name}",), hint="Or remove it")
        for name, value in values.items()
        if (found := value_problem(name, value))
    ]
    if not problems and (found := total_problem(values.values())):
        problems.append(Between(path="env", value="", allowed=found, needs=("env",), hint="Or remove some"))
    if problems:
        raise BetweenFieldsError(problems)
    return values


Environment = Annotated[
    dict[Annotated[str, AfterValidator(_name)], str], BeforeValidator(_as_texts), AfterValidator(_values)
]
