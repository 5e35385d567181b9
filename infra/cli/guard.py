"""Define `python -m infra guard`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.cli.complete import stack_files
from infra.errors import RefusedError

if TYPE_CHECKING:
    from infra.updates.guard.rules import Ruling, Verdict

_SHOWN_PATHS = 3
_SHOWN_ROWS = 100  # nobody reads more, and a table of 2,000 rows takes more than a second


def guard(
    *,
    file: Annotated[str, typer.Argument(help="What `pulumi preview --json` printed; - for standard input.")],
    stack_file: Annotated[
        Path | None,
        typer.Option(
            help="Whose guard_exceptions count; default: Pulumi.<the preview's stack>.yaml.",
            autocompletion=stack_files,
        ),
    ] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Refuse an update that would replace or delete what holds data, or make smaller what only grows."""
    from infra.updates.guard.read import exceptions_of, read_preview  # noqa: PLC0415  `plan` is to be quick
    from infra.updates.guard.refusals import refusals  # noqa: PLC0415
    from infra.updates.guard.rules import rule  # noqa: PLC0415

    preview = read_preview(file)
    ruling = rule(preview, exceptions_of(preview, stack_file))
    if json_output:
        sys.stdout.write(json.dumps(_to_json(ruling, preview.unchanged), indent=2) + "\n")
    else:
        _print_table(ruling.verdicts, preview.unchanged)
    problems = refusals(ruling)
    if problems:
        raise RefusedError("the update is refused", problems)


def _to_json(ruling: Ruling, unchanged: int) -> dict[str, Any]:
    rows = [
        {
            "op": one.step.op,
            "urn": one.step.urn,
            "kind": one.kind or None,
            "changes": list(one.step.paths),
            "why": one.why or None,
            "reason": one.reason or None,
            "refused": one.refused,
        }
        for one in ruling.verdicts
    ]
    return {
        "safe": ruling.safe,
        "touched": rows,
        "unchanged": unchanged,
        "unused_exceptions": [one.urn for one in ruling.unused],
        "errors": list(ruling.errors),
    }


def _first(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return every resource that would go, whatever the number; then resources that must stay and do; then others."""
    going = [one for one in verdicts if one.why]
    others = sorted((one for one in verdicts if not one.why), key=lambda one: not one.kind)
    return [*going, *others[: max(0, _SHOWN_ROWS - len(going))]]


def _print_table(verdicts: Sequence[Verdict], unchanged: int) -> None:
    from infra.report.console import new_console  # noqa: PLC0415  see above
    from infra.report.grid import Grid, print_grid  # noqa: PLC0415

    console = new_console()
    if verdicts:
        rows = []
        shown = _first(verdicts)
        for one in shown:
            paths = one.step.paths
            more = f" and {len(paths) - _SHOWN_PATHS} more" if len(paths) > _SHOWN_PATHS else ""
            said = "refused" if one.refused else f"allowed: {one.reason}" if one.reason else ""
            what = ", ".join(paths[:_SHOWN_PATHS]) + more
            rows.append((one.step.op, one.step.name, one.step.type, what, said))
        wide = Grid(header=("", "resource", "type", "what changes", "guard"), rows=rows, title="Touched")
        short = [(f"{op} {name}", *rest) for op, name, *rest in rows]
        print_grid(
            console, wide, Grid(header=("resource", "type", "what changes", "guard"), rows=short, title="Touched")
        )
        if len(shown) < len(verdicts):
            console.print(f"{len(verdicts) - len(shown)} more, none of them refused: --json lists all")
    console.print(f"{len(verdicts)} touched, {unchanged} unchanged")
