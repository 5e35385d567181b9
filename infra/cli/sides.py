"""Read one side of a comparison: a stage, a stack file, or a stack file in a commit."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from infra.cli.options import TITLE
from infra.clouds import CLOUDS
from infra.delivery.git import show
from infra.errors import ConfigError, Problem
from infra.stack_file.reader.parse import parse_config, parse_stack_file, parse_stack_text
from infra.stack_file.stack_config import StackConfig
from stacks import LAST

DEFAULT_FILE = Path("Pulumi.stage1.yaml")
_OF_ONE_CLOUD = ("instance_type", "celery_servers", "budget", "catalog")


def read_sides(before: str, after: str, provider: str | None) -> tuple[StackConfig, StackConfig]:
    """Read both sides; a stage beside a stack file means that file's deployment at another stage.

    Args:
        before: a stage, a stack file, or COMMIT:FILE.
        after: as `before`.
        provider: compare on this provider; None: the file's.

    Raises:
        ConfigError: a side is none of these or cannot be used, or the sides are two deployments.
    """
    named = [None if _is_stage(text) else _read(text) for text in (before, after)]
    base = next((config for config in named if config is not None), None) or parse_stack_file(DEFAULT_FILE)
    sides = [
        with_stage(config or base, int(text) if config is None else None, provider)
        for text, config in zip((before, after), named, strict=True)
    ]
    names = [side.name for side in sides]
    if names[0] != names[1]:
        allowed = f"{names[0]}, the name on the other side: these are two deployments, and neither becomes the other"
        problem = Problem(path="stagecoach:name", value=names[1], allowed=allowed, hint="Name files of one deployment")
        raise ConfigError("there is nothing to compare", [problem])
    return sides[0], sides[1]


def with_stage(config: StackConfig, stage: int | None, provider: str | None) -> StackConfig:
    """Return the config with another stage or provider, validated again.

    Args:
        config: the stack file.
        stage: the stage's number; None: the file's.
        provider: the provider; another one also gets its default region. None: the file's.
    """
    if stage is None and provider is None:
        return config
    values = config.model_dump(mode="json", exclude_unset=True)
    if stage is not None:
        values.pop("customers", None)
        values["stage"] = stage
    if provider is not None and provider != config.provider:
        # Another cloud has other names for regions and types, and its prices may be in another currency.
        values = {key: value for key, value in values.items() if key not in _OF_ONE_CLOUD}
        values |= {"provider": provider, "region": CLOUDS[provider].default_region}
    return _parse(values)


def with_customers(config: StackConfig, customers: int) -> StackConfig:
    """Return the config with this number of customers instead of a stage, validated again."""
    values = config.model_dump(mode="json", exclude_unset=True)
    values.pop("stage", None)
    return _parse(values | {"customers": customers})


def with_budget(config: StackConfig, budget: Decimal) -> StackConfig:
    """Return the config with another budget, validated again."""
    return _parse(config.model_dump(mode="json", exclude_unset=True) | {"budget": str(budget)})


def _parse(values: dict[str, Any]) -> StackConfig:
    return parse_config({f"stagecoach:{key}": value for key, value in values.items()}, title=TITLE)


def _is_stage(text: str) -> bool:
    return text.isdecimal() and not Path(text).exists()


def _read(text: str) -> StackConfig:
    revision, colon, path = text.partition(":")
    if not colon or Path(text).exists():
        return parse_stack_file(Path(text))
    found = show(revision, path)
    if found is None:
        allowed = f"a stage (1 to {LAST}), a stack file, or COMMIT:FILE that git knows"
        hint = f"`git show {text}` says what git makes of it"
        raise ConfigError("there is nothing to compare", [Problem(path="side", value=text, allowed=allowed, hint=hint)])
    return parse_stack_text(found, text)
