"""What a plan depends on besides the stage."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PlanInputs:
    """The stack file's part in a plan."""

    provider: str
    region: str
    instance_type: str | None = None  # a pin: proved or refused
    volume_size_gib: int | None = None
    celery_servers: int | None = None
    celery_instance_type: str | None = None


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What the deployment's last update built; a running server keeps its type while that fits."""

    stage: int
    instance_type: str
    volume_size_gib: int
