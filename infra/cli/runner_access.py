"""Define `python -m infra runner-access`, which the deploy workflow runs before and after the update."""

from __future__ import annotations

import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Way(StrEnum):
    """Name the two actions."""

    OPEN = "open"
    CLOSE = "close"


def runner_access(
    *,
    way: Annotated[Way, typer.Argument(help="open, or close what this run opened and what others left open.")],
    run: Annotated[str, typer.Option(help="The workflow's run, GITHUB_RUN_ID.")],
    address: Annotated[str, typer.Option(help="This runner's address, as the internet sees it.")] = "",
) -> None:
    """Let this machine's address reach every deployment of deployments.yaml by SSH and 6443; needs a cloud token."""
    from infra.clouds import choose  # noqa: PLC0415
    from infra.clouds.runner_access.opening import make_opening, to_close  # noqa: PLC0415
    from infra.errors import StagecoachError  # noqa: PLC0415
    from infra.names import stack_path  # noqa: PLC0415
    from infra.stack_file.deployments import read_deployments  # noqa: PLC0415
    from infra.stack_file.reader.parse import parse_stack_file  # noqa: PLC0415  `plan` is to be quick

    code, now = 0, int(time.time())
    for one in read_deployments(Path(), ""):
        try:
            opening = make_opening(one.name, run, address, now) if way is Way.OPEN else None
            cloud = choose.runner_access(parse_stack_file(Path(stack_path(one.stack))).provider)
            closed = cloud.close(one.name, lambda name, of=one.name: to_close(name, of, run, now))  # type: ignore[misc]
            sys.stdout.write("".join(f"closed {name}\n" for name in closed))
            if opening:
                cloud.open(opening)
                sys.stdout.write(f"opened {opening.name} for {opening.network}\n")
        except StagecoachError as error:
            # The other deployments are handled all the same.
            sys.stderr.write(f"deployment {one.name}: {error}\n")
            code = max(code, error.exit_code)
    if code:
        raise typer.Exit(code)
