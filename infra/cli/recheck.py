"""Define `python -m infra recheck`, which corrects the state after a failed update by the provider's answer."""

from __future__ import annotations

from typing import Annotated

import typer

from infra.cli.complete import stacks


def recheck(
    stack: Annotated[
        str, typer.Option("--stack", "-s", help="The stack whose last update failed.", autocompletion=stacks)
    ],
) -> None:
    """Read again, from the provider, the resources whose last update failed; needs the engine and the cloud's token."""
    from infra.delivery.backend import recheck as recheck_stack  # noqa: PLC0415  `plan` is to be quick

    raise typer.Exit(recheck_stack(stack))
