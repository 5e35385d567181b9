"""Define `python -m infra diff`."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from infra.cli.complete import providers, sides
from infra.cli.options import whole_option
from infra.cli.sides import read_sides
from infra.errors import Problem, RefusedError
from infra.report.diff_json import diff_to_json
from infra.report.output import Format
from stacks import LAST

_SIDE = f"A stage (1 to {LAST}), a stack file, or COMMIT:FILE."


def diff(  # noqa: PLR0913  one parameter for each option
    *,
    before: Annotated[str, typer.Option("--from", help=_SIDE, autocompletion=sides)],
    after: Annotated[str, typer.Option("--to", help=_SIDE, autocompletion=sides)],
    provider: Annotated[
        str | None, typer.Option(help="Compare on this provider instead of the file's.", autocompletion=providers)
    ] = None,
    root_disk_gb: Annotated[
        int | None,
        whole_option("What the server's root disk really has; decides what it can become.", least=1, most=100_000),
    ] = None,
    output_format: Annotated[Format, typer.Option("--format", help="How it is printed.")] = Format.TEXT,
    json_output: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="The same as --format markdown.")] = False,
) -> None:
    """Print what an update from one stack to another changes, restarts and costs."""
    # `plan` does not need these modules and must start fast.
    from infra.updates.changes.compare import compare  # noqa: PLC0415  see above

    made = compare(*read_sides(before, after, provider), root_disk_gb=root_disk_gb)
    if json_output or output_format is Format.JSON:
        sys.stdout.write(json.dumps(diff_to_json(made), indent=2) + "\n")
    elif markdown or output_format is Format.MARKDOWN:
        from infra.report.diff_markdown import diff_markdown  # noqa: PLC0415
        from infra.report.markdown import fit  # noqa: PLC0415

        sys.stdout.write(fit(diff_markdown(made)))
    else:
        from infra.report.diff_text import print_diff  # noqa: PLC0415

        print_diff(made)
    if made.refused:
        hint = "Compare with another stage, or change the stack file"
        problems = [Problem(path="update", value="", allowed=reason, hint=hint) for reason in made.refused]
        raise RefusedError("the update is refused", problems)
