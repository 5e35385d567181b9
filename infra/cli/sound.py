"""What `plan` refuses after it has printed it."""

from __future__ import annotations

from infra.errors import Problem, RefusedError
from infra.sizing.plan import StackPlan


def require_sound(made: StackPlan) -> None:
    """Raises RefusedError unless the plan fits and keeps every contract."""
    broken = [check for check in made.checks if not check.ok]
    if made.missing or broken:
        helps = "; or ".join(f"{one.change} ({one.effect})" for one in made.remedies)
        hint = f"What helps, each planned: {helps}" if helps else "Name another instance type, or ask for less"
        problems = [Problem(path="plan", value="", allowed=line, hint=hint) for line in made.missing]
        problems += [
            Problem(path=check.name, value="", allowed=check.reason, hint=f"Set stagecoach:{check.field}")
            for check in broken
        ]
        raise RefusedError(f"stage {made.stage} is refused", problems)
