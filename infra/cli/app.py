"""Commands of `python -m infra`: exit 0 ok, 1 refused, 2 wrong input; no credentials, no engine."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from infra.cli.plan_json import plan_to_json
from infra.config.parse import parse_config, parse_stack_file
from infra.config.resolve import plan_for
from infra.errors import Problem, RefusedError, StagecoachError
from infra.models.stack_config import StackConfig

_REGIONS = {"hetzner": "nbg1", "digitalocean": "fra1", "vultr": "fra"}

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def main() -> None:
    """The stack's plan, without a cloud account."""


@app.command()
def plan(
    *,
    stack_file: Annotated[Path, typer.Option(help="The stack file to plan.")] = Path("Pulumi.stage1.yaml"),
    stage: Annotated[int | None, typer.Option(help="Plan this stage (1 to 5) instead of the file's.")] = None,
    provider: Annotated[str | None, typer.Option(help="Plan this provider instead of the file's.")] = None,
    json_output: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print what a stack would build, and prove that it fits."""
    config = _changed(parse_stack_file(stack_file), stage, provider)
    made = plan_for(config)
    if json_output:
        sys.stdout.write(json.dumps(plan_to_json(made), indent=2) + "\n")
    else:
        # Rich takes 60 ms to load: --json does without.
        from infra.cli.plan_text import print_plan  # noqa: PLC0415  see above

        print_plan(made)
    broken = [check for check in made.checks if not check.ok]
    if made.missing or broken:
        hint = "Name another instance type, or ask for less in the overrides"
        problems = [Problem(path="plan", value="", allowed=line, hint=hint) for line in made.missing]
        problems += [
            Problem(path=check.name, value="", allowed=check.reason, hint=f"Change stagecoach:{check.field}")
            for check in broken
        ]
        raise RefusedError(f"stage {made.stage} is refused", problems)


def _changed(config: StackConfig, stage: int | None, provider: str | None) -> StackConfig:
    """The file's config with another stage or provider, validated again."""
    if stage is None and provider is None:
        return config
    values = config.model_dump(mode="json", exclude_unset=True)
    if stage is not None:
        values.pop("customers", None)
        values["stage"] = stage
    if provider is not None and provider != config.provider:
        # Another cloud's regions and types have other names.
        values = {key: value for key, value in values.items() if key not in ("instance_type", "celery_servers")}
        values |= {"provider": provider, "region": _REGIONS.get(provider, config.region)}
    return parse_config(
        {f"stagecoach:{key}": value for key, value in values.items()}, title="the options cannot be used"
    )


def run() -> None:
    """The entry point: messages for people instead of tracebacks."""
    try:
        app()
    except StagecoachError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
