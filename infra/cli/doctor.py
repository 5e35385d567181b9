"""Define `python -m infra doctor`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.complete import stack_files, stacks
from infra.errors import ConfigError, Problem

if TYPE_CHECKING:
    from infra.operate.doctor.examine import Examination

_LONGEST = 200  # characters of a wrong value in a message
_STYLES = {"ok": "green", "warning": "yellow", "missing": "bold red"}


def doctor(
    *,
    stack: Annotated[
        str | None, typer.Option("--stack", "-s", help="The stack; default: the selected one.", autocompletion=stacks)
    ] = None,
    stack_file: Annotated[
        Path | None, typer.Option(help="Its file; default: Pulumi.<stack>.yaml.", autocompletion=stack_files)
    ] = None,
    online: Annotated[
        bool, typer.Option("--online", help="Also ask the provider, and before the first update two public services.")
    ] = False,
    reach: Annotated[
        str, typer.Option(help="With --online: a host that answers on ports 22 and 6443.")
    ] = "portquiz.net",
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Look at what `pulumi up` needs on this machine, and say how to fix what is missing; needs no credentials."""
    from infra.operate.doctor.examine import Asked, examine  # noqa: PLC0415  `plan` is to be quick

    made = examine(Asked(stack=stack, stack_file=stack_file, online=online, reach=_host(reach)))
    if json_output:
        rows = [asdict(one) for one in made.checks]
        sys.stdout.write(json.dumps({"ok": made.passed, "stack": made.stack, "checks": rows}, indent=2) + "\n")
    else:
        _print_table(made)
    if made.error:
        raise made.error
    if not made.passed:
        raise typer.Exit(1)


def _host(reach: str) -> str:
    from infra.stack_file.values.addresses import reachable_host  # noqa: PLC0415  see above

    try:
        return reachable_host(reach)
    except ValueError as error:
        hint = "Name a host that answers on ports 22 and 6443"
        problem = Problem(path="--reach", value=reach[:_LONGEST], allowed=str(error), hint=hint)
        raise ConfigError("there is no such host", [problem]) from None


def _print_table(made: Examination) -> None:
    from rich.text import Text  # noqa: PLC0415  see above

    from infra.report.console import new_console  # noqa: PLC0415
    from infra.report.grid import Grid, print_grid  # noqa: PLC0415

    wide, narrow = [], []
    for one in made.checks:
        style = _STYLES[one.status]
        wide.append((one.name, Text(one.status, style), one.found, one.mend))
        narrow.append((Text(f"{one.name}: {one.status}", style), one.found, one.mend))
    title = f"Stack {made.stack or 'none'}"
    out = new_console()
    print_grid(
        out,
        Grid(header=("", "", "found", "how to fix it"), rows=wide, title=title),
        Grid(header=("", "found", "how to fix it"), rows=narrow, title=title),
    )
    missing = sum(one.status == "missing" for one in made.checks)
    out.print("Nothing is missing." if made.passed else f"{missing} missing: an update would fail.", style="bold")
