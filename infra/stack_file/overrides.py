"""What a stack may change of its stage: fields of the stage's own models, each of them optional."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, create_model

from infra.stack_file.stage_config import DjangoConfig, PoolConfig, ReplicaRange, StageConfig
from infra.stack_file.strict import StrictModel

# What a stage says of itself, and what a stack file says under a key of its own.
_NOT_OF_A_STAGE = (
    *("stage", "customers_min", "customers_max", "server", "guide"),
    *("celery_servers", "volume_size_gib", "grafana", "alert_speed"),
)


def _optional(
    model: type[StrictModel], name: str, *, without: Collection[str] = (), **types: type[StrictModel]
) -> type[StrictModel]:
    """Return a model with the fields of `model`, their bounds and descriptions, all of them left out by default.

    Args:
        model: what is overridden.
        name: the new model's name.
        without: fields that a stack may not change.
        types: another type for a field, by its name.
    """
    fields: dict[str, Any] = {}
    for key, field in model.model_fields.items():
        if key not in without:
            plain: Any = types.get(key, field.annotation)
            bounded: Any = Annotated[(plain, *field.metadata)] if field.metadata else plain
            fields[key] = (bounded | None, Field(default=None, description=field.description))
    return create_model(name, __base__=StrictModel, __module__=__name__, __doc__=model.__doc__, **fields)


if TYPE_CHECKING:

    class PoolOverrides(StrictModel):
        """Of one Celery pool."""

    class StageOverrides(StrictModel):
        """Overrides of the stage, each shown in the plan beside what it replaced."""

        pools: dict[str, PoolOverrides] = Field(default_factory=dict)

else:
    ReplicaOverrides = _optional(ReplicaRange, "ReplicaOverrides")
    PoolOverrides = _optional(PoolConfig, "PoolOverrides", without=("name",), replicas=ReplicaOverrides)
    DjangoOverrides = _optional(DjangoConfig, "DjangoOverrides", without=("interface",), replicas=ReplicaOverrides)
    _Stage = _optional(StageConfig, "_Stage", without=(*_NOT_OF_A_STAGE, "pools"), django=DjangoOverrides)

    class StageOverrides(_Stage):
        """Overrides of the stage, each shown in the plan beside what it replaced."""

        pools: dict[str, PoolOverrides] = Field(default_factory=dict, description="Celery pools by name")
