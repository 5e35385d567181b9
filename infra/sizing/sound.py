"""Refuse to build a plan that does not fit or that breaks a contract."""

from __future__ import annotations

from infra.errors import Problem, RefusedError
from infra.sizing.plan import StackPlan


def require_sound(plan: StackPlan) -> None:
    """Refuse a plan that is not sound.

    Args:
        plan: The plan.

    Raises:
        RefusedError: A pod does not fit or a contract is broken; the error lists every reason, and changes that help.
    """
    if plan.sound:
        return
    helps = "; or ".join(f"{one.change} ({one.effect})" for one in plan.remedies)
    hint = f"What helps, each planned: {helps}" if helps else "Name another instance type, or ask for less"
    problems = [Problem(path="plan", value="", allowed=f"does not fit: {line}", hint=hint) for line in plan.missing]
    problems += [
        Problem(path=f"contract {check.name}", value="", allowed=check.reason, hint=f"Set stagecoach:{check.field}")
        for check in plan.broken
    ]
    raise RefusedError(f"stage {plan.stage} is refused", problems)
