"""Commands of `python -m infra`: exit 0 ok, 1 refused, 2 wrong input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from infra.cli.diff import diff
from infra.cli.guard import guard
from infra.cli.loadtest import loadtest
from infra.cli.output import Format
from infra.cli.plan_json import plan_to_json
from infra.cli.pull_request import comment, deploy
from infra.cli.runner_access import runner_access
from infra.cli.sides import with_stage
from infra.config.parse import parse_stack_file
from infra.config.resolve import plan_for
from infra.errors import Problem, RefusedError, StagecoachError
from infra.sizing.plan import StackPlan

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def main() -> None:
    """The stack's plan, without a cloud account."""


@app.command()
def plan(
    *,
    stack_file: Annotated[Path, typer.Option(help="The stack file to plan.")] = Path("Pulumi.stage1.yaml"),
    stage: Annotated[int | None, typer.Option(help="Plan this stage (1 to 5) instead of the file's.")] = None,
    provider: Annotated[str | None, typer.Option(help="Plan this provider instead of the file's.")] = None,
    output_format: Annotated[Format, typer.Option("--format", help="How it is printed.")] = Format.TEXT,
    json_output: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Print what a stack would build, and prove that it fits."""
    made = plan_for(with_stage(parse_stack_file(stack_file), stage, provider))
    _print_plan(made, Format.JSON if json_output else output_format)
    broken = [check for check in made.checks if not check.ok]
    if made.missing or broken:
        hint = "Name another instance type, or ask for less in the overrides"
        problems = [Problem(path="plan", value="", allowed=line, hint=hint) for line in made.missing]
        problems += [
            Problem(path=check.name, value="", allowed=check.reason, hint=f"Change stagecoach:{check.field}")
            for check in broken
        ]
        raise RefusedError(f"stage {made.stage} is refused", problems)


def _print_plan(made: StackPlan, output_format: Format) -> None:
    """Each format loads only what it needs: Rich alone takes 60 ms."""
    if output_format is Format.JSON:
        sys.stdout.write(json.dumps(plan_to_json(made), indent=2) + "\n")
    elif output_format is Format.MARKDOWN:
        from infra.pull_requests.markdown import fit  # noqa: PLC0415  see above
        from infra.pull_requests.plan_markdown import plan_markdown  # noqa: PLC0415

        sys.stdout.write(fit(plan_markdown(made)))
    else:
        from infra.cli.plan_text import print_plan  # noqa: PLC0415

        print_plan(made)


app.command()(diff)
app.command()(comment)
app.command()(deploy)
app.command()(guard)
app.command()(loadtest)
app.command()(runner_access)


def run() -> None:
    """The entry point: messages for people instead of tracebacks."""
    try:
        app()
    except StagecoachError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
