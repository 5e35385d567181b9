"""The base of all models at the edge."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator


@dataclass(frozen=True, kw_only=True)
class Between:
    """One thing that is wrong between fields.

    Args:
        path: The field that is named, from the top of the stack file.
        value: What was written.
        allowed: What is right.
        needs: Paths of all fields that the verdict depends on; where one of them is wrong itself there is no verdict.
        hint: What to do; empty: the nearest of the names that are allowed is proposed.
    """

    path: str
    value: str
    allowed: str
    needs: tuple[str, ...]
    hint: str = ""


class BetweenFieldsError(ValueError):
    """What is wrong between fields."""

    def __init__(self, problems: Iterable[Between]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{one.path}: {one.allowed}" for one in self.problems))


class HiddenValueError(ValueError):
    """What was written is wrong and may be a secret: no message shows it."""


def whole_number(value: Any) -> Any:  # noqa: ANN401  whatever stands in the file
    """The value, for an item of a list of numbers; `true` is 1 to Python, in which a truth value is a number.

    Raises:
        ValueError: it is a truth value.
    """
    if isinstance(value, bool):
        raise ValueError("is a truth value; write a whole number")  # noqa: TRY004  pydantic reads ValueError
    return value


class StrictModel(BaseModel):
    """Frozen, and unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _is_no_truth_value(cls, value: Any, info: ValidationInfo) -> Any:  # noqa: ANN401  whatever stands in the file
        """`stage: true` is no stage 1."""
        kind = cls.model_fields[str(info.field_name)].annotation
        return whole_number(value) if _takes_a_number(kind) else value


def _takes_a_number(kind: Any) -> bool:  # noqa: ANN401  any annotation
    """Whether an annotation has `int`, optional and with bounds or not."""
    return kind is int or any(map(_takes_a_number, get_args(kind)))
