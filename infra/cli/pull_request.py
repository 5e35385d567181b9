"""Define `python -m infra comment` and `deploy`, which the workflows run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer


def comment(
    *,
    base: Annotated[str, typer.Option(help="The commit or branch to compare with.")] = "main",
    output: Annotated[Path | None, typer.Option(help="Write the comment here instead of printing it.")] = None,
    engine: Annotated[bool, typer.Option("--engine", help="Ask the engine, where a backend is configured.")] = False,
    previews: Annotated[
        Path | None, typer.Option(help="Folder with the engine's previews: STACK.json and STACK.diff.")
    ] = None,
    remark: Annotated[list[str] | None, typer.Option(help="Say this about the engine's previews.")] = None,
) -> None:
    """Write one Markdown comment: plan and changes of every stack file that differs, and the engine's previews."""
    from infra.delivery.findings import gather, require_good  # noqa: PLC0415  `plan` is to be quick
    from infra.delivery.publish import published  # noqa: PLC0415

    found = gather(base, previews=previews, engine=engine, remarks=tuple(remark or ()))
    text = published(found, os.environ)
    if output:
        output.write_text(text)
    else:
        sys.stdout.write(text)
    require_good(found)


def deploy() -> None:
    """Update every deployment of deployments.yaml that the guard lets pass; a move between stacks is a rename first."""
    from infra.delivery.guarded_update import guarded_update  # noqa: PLC0415
    from infra.stack_file.deployments import FILE, read_deployments  # noqa: PLC0415  `plan` is to be quick

    running = read_deployments(Path(), "")
    if not running:
        sys.stdout.write(f"{FILE} names no deployment: nothing to update\n")
    # Each one is tried: a deployment that fails says nothing about the next one.
    codes = [guarded_update(one) for one in running]
    if any(codes):
        raise typer.Exit(1)
