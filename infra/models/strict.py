"""The base of all models at the edge."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict


class BetweenFieldsError(ValueError):
    """What is wrong between fields: for each the field's path, what was written and what is allowed."""

    def __init__(self, problems: Sequence[tuple[str, str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{path}: {allowed}" for path, _, allowed in self.problems))


class StrictModel(BaseModel):
    """Frozen, and unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)
