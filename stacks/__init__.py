"""Collect the customer tiers, which are data: each `stageN.py` defines its `STAGE`."""

from importlib import import_module
from pkgutil import iter_modules

from infra.stack_file.stage_config import StageConfig

_FOUND: tuple[StageConfig, ...] = tuple(import_module(f"stacks.{found.name}").STAGE for found in iter_modules(__path__))

STAGES: dict[int, StageConfig] = {stage.stage: stage for stage in sorted(_FOUND, key=lambda one: one.stage)}
LAST = max(STAGES)
