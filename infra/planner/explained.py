"""Explain where the numbers of a stack's plan come from."""

from __future__ import annotations

from infra.errors import ConfigError, Problem
from infra.planner.plan_for import plan_for, resolve_stage
from infra.sizing.explain import Explanation, explain
from infra.stack_file.overrides import StageOverrides
from infra.stack_file.stack_config import StackConfig


def explain_stack(config: StackConfig, workload: str | None = None) -> tuple[Explanation, ...]:
    """Explain every amount of a stack's plan, or those of one workload.

    Args:
        config: The stack file.
        workload: The name of a workload, a role of node, `namespace` or `volume`; None for all.

    Raises:
        ConfigError: The stack cannot be planned, or the plan has no such workload.
    """
    stage, overridden = resolve_stage(config)
    plain = plan_for(config.model_copy(update={"overrides": StageOverrides()})) if overridden else None
    made = explain(plan_for(config), guide=stage.guide.amounts, without_overrides=plain)
    if workload is None:
        return made
    found = tuple(one for one in made if one.workload == workload)
    if not found:
        names = ", ".join(dict.fromkeys(one.workload for one in made))
        problem = Problem(path="--explain", value=workload, allowed=f"one of {names}", hint="Name one, or none for all")
        raise ConfigError("there is nothing of that name in the plan", [problem])
    return found
