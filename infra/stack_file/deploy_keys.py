"""Check the numbers of the SSH keys with which the program logs in."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from infra.stack_file.strict import whole_number

_HIGHEST = 9  # a removed number gets a new key when it is used again, so two numbers are enough


def _distinct(numbers: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(numbers)) != len(numbers):
        raise ValueError("names one key twice: write each once")
    return numbers


DeployKeys = Annotated[
    tuple[Annotated[int, Field(ge=1, le=_HIGHEST), BeforeValidator(whole_number)], ...],
    Field(min_length=1, max_length=2),
    AfterValidator(_distinct),
]
