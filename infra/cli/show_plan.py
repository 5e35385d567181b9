"""Print a plan or parts of it; each format loads only the modules that it needs, because Rich alone takes 60 ms."""

from __future__ import annotations

import json
import sys

from infra.report.output import Format
from infra.report.plan_parts import Parts, explain_parts, parts_json, print_parts
from infra.sizing.plan import StackPlan
from infra.stack_file.stack_config import StackConfig


def show_plan(config: StackConfig, made: StackPlan, shown: Format, parts: Parts) -> None:
    """Print the plan, or only the parts that are asked for; JSON always has the whole plan.

    Args:
        config: the config that was planned.
        made: its plan.
        shown: text, Markdown or JSON.
        parts: the parts that are asked for; none: the whole plan.
    """
    explained = explain_parts(config, parts)
    if shown is Format.JSON:
        from infra.report.plan_json import plan_to_json  # noqa: PLC0415  see above

        sys.stdout.write(json.dumps(plan_to_json(made) | parts_json(explained, parts), indent=2) + "\n")
    elif parts.any:
        print_parts(explained, made, shown, parts)
    elif shown is Format.MARKDOWN:
        from infra.report.markdown import fit  # noqa: PLC0415
        from infra.report.plan_markdown import plan_markdown  # noqa: PLC0415

        sys.stdout.write(fit(plan_markdown(made)))
    else:
        from infra.report.plan_text import print_plan  # noqa: PLC0415

        print_plan(made)
