"""Derive the overrides from the stage's own models: a stack may set any of their fields, and each is optional."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, create_model

from infra.stack_file.stage_config import DjangoConfig, PoolConfig, ReplicaRange, StageConfig
from infra.stack_file.strict import StrictModel

# The first line identifies the stage; a stack file has keys of its own for the second.
_NOT_OF_A_STAGE = (
    *("stage", "customers_min", "customers_max", "server", "guide"),
    *("celery_servers", "volume_size_gib", "grafana", "alert_speed"),
)


def _optional(
    model: type[StrictModel], name: str, *, without: Collection[str] = (), **types: type[StrictModel]
) -> type[StrictModel]:
    """Return a model with the fields of `model`, their bounds and descriptions, each of them optional.

    Args:
        model: The model whose fields may be overridden.
        name: The new model's name.
        without: Fields that a stack may not change.
        types: Another type for a field, by the field's name.
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
        """These overrides change one Celery pool."""

    class StageOverrides(StrictModel):
        """These overrides change the stage; the plan shows each beside the value that it replaced."""

        pools: dict[str, PoolOverrides] = Field(default_factory=dict)

else:
    ReplicaOverrides = _optional(ReplicaRange, "ReplicaOverrides")
    PoolOverrides = _optional(PoolConfig, "PoolOverrides", without=("name",), replicas=ReplicaOverrides)
    DjangoOverrides = _optional(DjangoConfig, "DjangoOverrides", without=("interface",), replicas=ReplicaOverrides)
    _Stage = _optional(StageConfig, "_Stage", without=(*_NOT_OF_A_STAGE, "pools"), django=DjangoOverrides)

    class StageOverrides(_Stage):
        """These overrides change the stage; the plan shows each beside the value that it replaced."""

        pools: dict[str, PoolOverrides] = Field(default_factory=dict, description="Celery pools by name")
