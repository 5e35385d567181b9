"""The base of all models at the edge."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict


class BetweenFieldsError(ValueError):
    """What is wrong between fields: for each the field's path, what was written and what is allowed.

    `hint` says what to do about all of them; empty: the nearest of the names that are allowed is proposed.
    """

    def __init__(self, problems: Sequence[tuple[str, str, str]], hint: str = "") -> None:
        self.problems, self.hint = tuple(problems), hint
        super().__init__("; ".join(f"{path}: {allowed}" for path, _, allowed in self.problems))


class StrictModel(BaseModel):
    """Frozen, and unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)
