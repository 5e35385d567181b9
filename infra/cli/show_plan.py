"""Prints a plan, or the parts that are asked for; each form loads only what it needs: Rich alone takes 60 ms."""

from __future__ import annotations

import json
import sys

from infra.report.output import Format
from infra.report.plan_parts import Parts, explain_parts, parts_json, print_parts
from infra.sizing.plan import StackPlan
from infra.stack_file.stack_config import StackConfig


def show_plan(config: StackConfig, made: StackPlan, shown: Format, parts: Parts) -> None:
    """JSON is the whole plan in any case; as text and Markdown a part that is asked for is printed alone."""
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
