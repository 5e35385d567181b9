"""`recheck`: the provider's answer in place of what a failed update left in the state."""

from __future__ import annotations

from typing import Annotated

import typer

from infra.pull_requests.backend import recheck as recheck_stack


def recheck(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack whose last update failed.")],
) -> None:
    """Read again, from the provider, the resources whose last update failed; needs the engine and the cloud's token."""
    raise typer.Exit(recheck_stack(stack))
