"""Prints a plan, or the part of it that is asked for; each form loads only what it needs: Rich alone takes 60 ms."""

from __future__ import annotations

import json
import sys

from infra.cli.output import Format
from infra.errors import ConfigError, Problem
from infra.models.stack_config import StackConfig
from infra.sizing.explain import Explanation
from infra.sizing.plan import StackPlan


def require_explain(workload: str | None, *, explain: bool) -> None:
    """Raises ConfigError for a workload of which nothing is asked: a stray word is no silent plan of everything."""
    if workload and not explain:
        problem = Problem(path="plan", value=workload, allowed="an option", hint=f"Say `plan --explain {workload}`")
        raise ConfigError("a workload is named, but nothing is asked of it", [problem])


def show_plan(
    config: StackConfig,
    made: StackPlan,
    shown: Format,
    *,
    explain: bool,
    workload: str | None,
    contracts: bool,
) -> None:
    """JSON has the contracts in any case; as text a part that is asked for is printed alone."""
    explanations = _explained(config, workload) if explain else None
    if shown is Format.JSON:
        from infra.cli.plan_json import explanation_to_json, plan_to_json  # noqa: PLC0415  see above

        content = plan_to_json(made)
        if explanations is not None:
            content["explanations"] = [explanation_to_json(one) for one in explanations]
        sys.stdout.write(json.dumps(content, indent=2) + "\n")
    elif explanations is not None:
        from infra.cli.explain_text import print_explanations  # noqa: PLC0415

        print_explanations(explanations)
    elif contracts:
        from infra.cli.plan_text import print_contracts  # noqa: PLC0415

        print_contracts(made)
    elif shown is Format.MARKDOWN:
        from infra.pull_requests.markdown import fit  # noqa: PLC0415
        from infra.pull_requests.plan_markdown import plan_markdown  # noqa: PLC0415

        sys.stdout.write(fit(plan_markdown(made)))
    else:
        from infra.cli.plan_text import print_plan  # noqa: PLC0415

        print_plan(made)


def _explained(config: StackConfig, workload: str | None) -> tuple[Explanation, ...]:
    from infra.config.explained import explain_stack  # noqa: PLC0415

    return explain_stack(config, workload)
