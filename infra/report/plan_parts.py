"""Print parts of a plan alone: the sources of its amounts, and its contracts."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from infra.errors import ConfigError, Problem
from infra.report.output import Format
from infra.sizing.explain import Explanation
from infra.sizing.plan import StackPlan
from infra.stack_file.stack_config import StackConfig

Explained = tuple[Explanation, ...]


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Name the parts that are asked for; if there are none, the whole plan is printed."""

    explain: bool
    workload: str | None
    contracts: bool

    def __post_init__(self) -> None:
        """Raise ConfigError for a workload without --explain: reject an unused argument."""
        if self.workload and not self.explain:
            hint = f"Say `plan --explain {self.workload}`"
            problem = Problem(path="plan", value=self.workload, allowed="an option", hint=hint)
            raise ConfigError("a workload is named, but nothing is asked of it", [problem])

    @property
    def any(self) -> bool:
        """Return whether a part is asked for."""
        return self.explain or self.contracts


def explain_parts(config: StackConfig, parts: Parts) -> Explained:
    """Return the explanations that are asked for; this runs before anything is printed.

    Raises:
        ConfigError: the plan has no such workload.
    """
    if not parts.explain:
        return ()
    from infra.planner.explained import explain_stack  # noqa: PLC0415  each form loads only what it needs

    return explain_stack(config, parts.workload)


def parts_json(explained: Explained, parts: Parts) -> dict[str, Any]:
    """Return additional keys for the plan's object, which contains the contracts in any case."""
    if not parts.explain:
        return {}
    from infra.report.plan_json import explanation_to_json  # noqa: PLC0415  as above

    return {"explanations": [explanation_to_json(one) for one in explained]}


def print_parts(explained: Explained, made: StackPlan, shown: Format, parts: Parts) -> None:
    """Print each part that is asked for, as text or Markdown.

    Args:
        explained: the result of `explain_parts`.
        made: the plan.
        shown: Markdown, or else text.
        parts: the parts that are asked for.
    """
    if parts.explain:
        from infra.report.explain_text import explanations_markdown, print_explanations  # noqa: PLC0415  as above

        if shown is Format.MARKDOWN:
            sys.stdout.write(explanations_markdown(explained) + ("\n" if parts.contracts else ""))
        else:
            print_explanations(explained)
    if parts.contracts and shown is Format.MARKDOWN:
        from infra.report.plan_markdown import contracts_markdown  # noqa: PLC0415  as above

        sys.stdout.write(contracts_markdown(made))
    elif parts.contracts:
        from infra.report.plan_text import print_contracts  # noqa: PLC0415  as above

        print_contracts(made)
