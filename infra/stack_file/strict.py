"""Define the base of all models that read files."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator


@dataclass(frozen=True, kw_only=True)
class Between:
    """Fields contradict each other: each is valid alone, but not with the others.

    Args:
        path: The field that the message names, from the top of the stack file.
        value: The value that was written.
        allowed: What would be valid.
        needs: Paths of all fields on which the check depends; if one of them is invalid, the check is skipped.
        hint: What to do; if it is empty, the message suggests the most similar of the allowed names.
    """

    path: str
    value: str
    allowed: str
    needs: tuple[str, ...]
    hint: str = ""


class BetweenFieldsError(ValueError):
    """The error holds problems between fields."""

    def __init__(self, problems: Iterable[Between]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{one.path}: {one.allowed}" for one in self.problems))


class HiddenValueError(ValueError):
    """The value is wrong and may be a secret, so no message shows it."""


def whole_number(value: Any) -> Any:  # noqa: ANN401  the value may be anything
    """Return the value for an item of a list of numbers, but refuse `true`, which Python counts as 1.

    Args:
        value: The item as the file has it.

    Raises:
        ValueError: The value is a truth value.
    """
    if isinstance(value, bool):
        raise ValueError("is a truth value; write a whole number")  # noqa: TRY004  pydantic reads ValueError
    return value


class StrictModel(BaseModel):
    """A strict model is frozen and refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _is_no_truth_value(cls, value: Any, info: ValidationInfo) -> Any:  # noqa: ANN401  the value may be anything
        """Refuse a truth value where a number belongs: `stage: true` is not stage 1."""
        kind = cls.model_fields[str(info.field_name)].annotation
        return whole_number(value) if _takes_a_number(kind) else value


def _takes_a_number(kind: Any) -> bool:  # noqa: ANN401  any annotation
    """Return whether an annotation contains `int`, also if it is optional or bounded."""
    return kind is int or any(map(_takes_a_number, get_args(kind)))
