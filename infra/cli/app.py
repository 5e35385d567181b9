"""Commands of `python -m infra`: exit 0 ok, 1 refused, 2 wrong input."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from infra.cli.complete import providers, stack_files, stages
from infra.cli.diff import diff
from infra.cli.doctor import doctor
from infra.cli.guard import guard
from infra.cli.loadtest import loadtest
from infra.cli.logs import logs
from infra.cli.options import read_budget, whole_option
from infra.cli.plan_options import (
    Budget,
    Contracts,
    Customers,
    Explain,
    PeakFactor,
    Requests,
    RequestSeconds,
    Tasks,
    TaskSeconds,
)
from infra.cli.prices import prices
from infra.cli.pull_request import comment, deploy
from infra.cli.recheck import recheck
from infra.cli.render import render
from infra.cli.restart import restart
from infra.cli.run import run as run_command
from infra.cli.runner_access import runner_access
from infra.cli.shell import shell
from infra.cli.show_plan import show_plan
from infra.cli.sides import DEFAULT_FILE, with_budget, with_stage
from infra.cli.whatif import LoadOptions, answer_of, config_of, show_answer
from infra.errors import ConfigError, Problem, StagecoachError
from infra.planner.plan_for import plan_for
from infra.report.output import Format
from infra.report.plan_parts import Parts
from infra.sizing.sound import require_sound
from infra.stack_file.reader.parse import parse_stack_file
from stacks import LAST

_NO_COLOR = "--no-color"

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def main(
    *,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colours, also behind a command; the same as NO_COLOR=1.")
    ] = False,
) -> None:
    """Plan, compare, check and render a stack; most commands need neither a cloud account nor the engine."""
    if no_color:
        os.environ["NO_COLOR"] = "1"


@app.command()
def plan(  # noqa: PLR0913  each is an option of its own
    workload: Annotated[str | None, typer.Argument(help="With --explain: this workload's amounts only.")] = None,
    *,
    stack_file: Annotated[
        Path | None,
        typer.Option(help="The stack file to plan.", show_default=str(DEFAULT_FILE), autocompletion=stack_files),
    ] = None,
    stage: Annotated[
        int | None, whole_option(f"Plan this stage (1 to {LAST}) instead of the file's.", autocompletion=stages)
    ] = None,
    provider: Annotated[
        str | None, typer.Option(help="Plan this provider instead of the file's.", autocompletion=providers)
    ] = None,
    budget: Budget = None,
    customers: Customers = None,
    tasks_per_customer_day: Tasks = None,
    task_seconds: TaskSeconds = None,
    peak_factor: PeakFactor = None,
    requests_per_customer_day: Requests = None,
    request_seconds: RequestSeconds = None,
    output_format: Annotated[Format, typer.Option("--format", help="How it is printed.")] = Format.TEXT,
    json_output: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    explain: Explain = False,
    contracts: Contracts = False,
) -> None:
    """Print what a stack would build, and prove that it fits; with --customers and tasks, what such a load needs."""
    parts = Parts(explain=explain, workload=workload, contracts=contracts)
    shown = Format.JSON if json_output else output_format
    # Positional arguments, in the order of the class.
    options = LoadOptions(
        customers, tasks_per_customer_day, task_seconds, peak_factor, requests_per_customer_day, request_seconds
    )
    amount, problems = read_budget(budget)
    config = config_of(options, stack_file, stage, provider, problems)
    config = config or with_stage(parse_stack_file(stack_file or DEFAULT_FILE), stage, provider)
    config = with_budget(config, amount) if amount else config
    if options.of_tasks:
        show_answer(answer_of(options, config, fixed=stage is not None), shown, parts)
        return
    made = plan_for(config)
    show_plan(config, made, shown, parts)
    require_sound(made)


app.command()(diff)
app.command()(comment)
app.command()(deploy)
app.command()(doctor)
app.command()(guard)
app.command()(loadtest)
app.command()(logs)
app.command()(restart)
# Everything after the first word belongs to the command in the pod, options as well.
app.command("run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})(run_command)
app.command()(shell)
app.command()(runner_access)
app.command()(prices)
app.command()(recheck)
app.command()(render)


def run() -> None:
    """Run the command line, and print messages for people instead of tracebacks."""
    arguments = own_arguments(sys.argv[1:])
    try:
        app(arguments, prog_name=_program(arguments, os.environ))
    except StagecoachError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        told = _unreadable(error)
        sys.stderr.write(f"{told}\n")
        sys.exit(told.exit_code)


def own_arguments(arguments: list[str]) -> list[str]:
    """Move --no-color to the front, where Typer knows it; people write it at the end. It applies to help, too.

    After `--` the option belongs to another program: `run -- python manage.py check --no-color`.
    """
    end = arguments.index("--") if "--" in arguments else len(arguments)
    own, others = arguments[:end], arguments[end:]
    if _NO_COLOR not in own:
        return arguments
    os.environ["NO_COLOR"] = "1"
    return [_NO_COLOR, *(one for one in own if one != _NO_COLOR), *others]


def _program(arguments: Sequence[str], environment: Mapping[str, str]) -> str | None:
    """Return `stagecoach` if tools/stagecoach was called or a shell asks for completions, else None.

    Shells can't complete `python -m infra`.
    """
    completes = any(one.endswith("-completion") for one in arguments[:2]) or "_STAGECOACH_COMPLETE" in environment
    return "stagecoach" if completes else environment.get("STAGECOACH_PROGRAM")


def _unreadable(error: OSError | UnicodeDecodeError | RecursionError) -> ConfigError:
    """Return an error for a file that cannot be used, at a place where no command expected one."""
    if isinstance(error, RecursionError):
        said = "brackets in brackets, deeper than anything that this program reads"
        problem = Problem(path="a file", value="", allowed=said, hint="Name the right file")
    elif isinstance(error, UnicodeDecodeError):
        problem = Problem(path="a file", value="", allowed=f"text in UTF-8: {error.reason}", hint="Name a text file")
    else:
        path, said = str(error.filename or "a file"), error.strerror or str(error)
        problem = Problem(path=path, value="", allowed=f"can't be used: {said}", hint="Name another file or folder")
    return ConfigError("a file cannot be used", [problem])
