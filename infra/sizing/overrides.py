"""Apply a stack's overrides to its stage: merge them as mappings, and validate the result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.sizing.plan import Departure
from infra.stack_file.overrides import StageOverrides
from infra.stack_file.stage_config import StageConfig


def apply_overrides(stage: StageConfig, overrides: StageOverrides) -> tuple[StageConfig, tuple[Departure, ...]]:
    """Return the changed stage, and a departure for each override with the value that it replaced.

    Args:
        stage: The stage.
        overrides: The stack file's overrides.

    Raises:
        pydantic.ValidationError: The result is not a valid stage; the paths are the stage's.
        KeyError: The stage does not have such a pool.
    """
    base = stage.model_dump()
    changes = overrides.model_dump(exclude_unset=True, exclude_none=True)
    pools: dict[str, Any] = changes.pop("pools", {})
    known = {pool["name"]: pool for pool in base["pools"]}
    for name, change in pools.items():
        if name not in known:
            raise KeyError(name)
        _merge(known[name], change)
    _merge(base, changes)
    shown = [*_shown(stage.model_dump(mode="json"), changes, "")]
    for name, change in pools.items():
        before = next(pool for pool in stage.model_dump(mode="json")["pools"] if pool["name"] == name)
        shown += _shown(before, change, f"pools.{name}.")
    return StageConfig.model_validate(base), tuple(shown)


def _merge(target: dict[str, Any], change: dict[str, Any]) -> None:
    for key, value in change.items():
        if isinstance(value, dict):
            _merge(target[key], value)
        else:
            target[key] = value


def _shown(before: dict[str, Any], change: dict[str, Any], path: str) -> Iterator[Departure]:
    for key, value in change.items():
        if isinstance(value, dict):
            yield from _shown(before[key], value, f"{path}{key}.")
        else:
            replaced = "computed" if before[key] is None else str(before[key])
            why = "the stack file says so"
            yield Departure(field=f"overrides.{path}{key}", guide=replaced, plan=str(value), why=why)
