"""Define `python -m infra render`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from infra.cli.complete import providers, stack_files, stages
from infra.cli.options import whole_option
from infra.cli.sides import with_stage
from infra.stack_file.reader.parse import parse_stack_file
from stacks import LAST


def render(
    *,
    stack_file: Annotated[Path, typer.Argument(help="The stack file to render.", autocompletion=stack_files)],
    to: Annotated[Path, typer.Option("--to", help="The folder; it is made where there is none.")],
    stage: Annotated[
        int | None, whole_option(f"Render this stage (1 to {LAST}) instead of the file's.", autocompletion=stages)
    ] = None,
    provider: Annotated[
        str | None, typer.Option(help="Render this provider instead of the file's.", autocompletion=providers)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write into a folder with other files, too.")] = False,
    json_output: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write every Kubernetes object of a stack into a folder, and what its servers boot with and run; no secrets."""
    config = with_stage(parse_stack_file(stack_file), stage, provider)
    from infra.render.folder import require_ours, write_folder  # noqa: PLC0415  it loads Pulumi, `plan` is to be quick

    require_ours(to, force=force)
    from infra.render.stack import render_stack  # noqa: PLC0415
    from infra.render.stand_ins import config_values, hidden_names  # noqa: PLC0415
    from infra.stack_file.deployments import stack_name  # noqa: PLC0415  see above
    from infra.versions import VERSION  # noqa: PLC0415

    values = config_values(stack_file)
    files = render_stack(config, values, stack_name(str(stack_file)))
    about = {"version": VERSION, "stack_file": stack_file.name, "provider": config.provider, "region": config.region}
    removed = write_folder(to, files, about)
    hidden = hidden_names(values)
    if json_output:
        made = {**about, "folder": str(to), "files": list(files), "removed": removed, "names_unknown": hidden}
        sys.stdout.write(json.dumps(made, indent=2) + "\n")
        return
    objects = sum(name.endswith(".yaml") for name in files)
    sys.stdout.write(f"{to}: {objects} Kubernetes objects, {len(files) - objects} other files\n")
    if removed:
        sys.stdout.write(f"removed, because this stack has it no more: {', '.join(removed)}\n")
    for key in hidden:
        sys.stdout.write(f"stagecoach:{key} is encrypted as a whole: the names in it are not rendered\n")
