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
from infra.cli.options import read_budget
from infra.cli.output import Format
from infra.cli.plan_json import plan_to_json
from infra.cli.plan_options import Budget, Customers, PeakFactor, Requests, RequestSeconds, Tasks, TaskSeconds
from infra.cli.prices import prices
from infra.cli.pull_request import comment, deploy
from infra.cli.runner_access import runner_access
from infra.cli.sides import DEFAULT_FILE, with_budget, with_stage
from infra.cli.sound import require_sound
from infra.cli.whatif import LoadOptions, answer_of, config_of, show_answer
from infra.config.parse import parse_stack_file
from infra.config.resolve import plan_for
from infra.errors import StagecoachError
from infra.sizing.plan import StackPlan

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def main() -> None:
    """The stack's plan, without a cloud account."""


@app.command()
def plan(  # noqa: PLR0913  each is an option of its own
    *,
    stack_file: Annotated[
        Path | None, typer.Option(help="The stack file to plan.", show_default=str(DEFAULT_FILE))
    ] = None,
    stage: Annotated[int | None, typer.Option(help="Plan this stage (1 to 5) instead of the file's.")] = None,
    provider: Annotated[str | None, typer.Option(help="Plan this provider instead of the file's.")] = None,
    budget: Budget = None,
    customers: Customers = None,
    tasks_per_customer_day: Tasks = None,
    task_seconds: TaskSeconds = None,
    peak_factor: PeakFactor = None,
    requests_per_customer_day: Requests = None,
    request_seconds: RequestSeconds = None,
    output_format: Annotated[Format, typer.Option("--format", help="How it is printed.")] = Format.TEXT,
    json_output: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Print what a stack would build, and prove that it fits; with --customers and tasks, what such a load needs."""
    shown = Format.JSON if json_output else output_format
    # By position, in the order of the class.
    options = LoadOptions(
        customers, tasks_per_customer_day, task_seconds, peak_factor, requests_per_customer_day, request_seconds
    )
    amount, problems = read_budget(budget)
    config = config_of(options, stack_file, stage, provider, problems)
    config = config or with_stage(parse_stack_file(stack_file or DEFAULT_FILE), stage, provider)
    config = with_budget(config, amount) if amount else config
    if options.of_tasks:
        show_answer(answer_of(options, config, fixed=stage is not None), shown)
        return
    made = plan_for(config)
    _print_plan(made, shown)
    require_sound(made)


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
app.command()(prices)


def run() -> None:
    """The entry point: messages for people instead of tracebacks."""
    try:
        app()
    except StagecoachError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
