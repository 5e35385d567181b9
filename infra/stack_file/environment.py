"""Environment variables of the app that a stack file adds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from infra.stack_file.app_contract import reserved_problem
from infra.stack_file.reader.plain_scalar import engine_text
from infra.stack_file.values.variable_name import variable_problem


def _as_texts(value: object) -> object:
    """587 is the text 587: an environment has nothing else."""
    if not isinstance(value, Mapping):
        return value
    return {name: engine_text(one) if isinstance(one, (bool, int, float)) else one for name, one in value.items()}


def _name(name: str) -> str:
    if found := variable_problem(name):
        raise ValueError(found)
    if reserved := reserved_problem([name]):
        raise ValueError(reserved)
    return name


def _value(value: str) -> str:
    if "\0" in value:
        raise ValueError("has a NUL character, which ends a text")
    return value


Environment = Annotated[
    dict[Annotated[str, AfterValidator(_name)], Annotated[str, AfterValidator(_value)]], BeforeValidator(_as_texts)
]
