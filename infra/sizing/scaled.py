"""Replicas of what an autoscaler may scale."""

from __future__ import annotations

from infra.sizing.number import described, fixed
from infra.sizing.plan import ReplicasPlan
from infra.sizing.reason import DECIDED, counted, of_stage
from infra.stack_file.stage_config import ReplicaRange

_SHARED = "what is left is shared out, one pod in turn, web first; a maximum is what fits when all are at theirs"


def scaled_replicas(asked: ReplicaRange, *, path: str, maximum: int, surge: int, rolls: str) -> ReplicasPlan:
    """`maximum` is what the server has room for, up to the stage's ceiling; `rolls` says why that surge."""
    low, planned = of_stage(f"{path}.min", asked.min), of_stage(f"{path}.planned", asked.planned)
    ceiling = of_stage(f"{path}.ceiling", asked.ceiling)
    why = "all of " if maximum >= asked.ceiling else "one more would be Pending at the peak, below "
    most = described(maximum, "", why, ceiling)
    reasons = (
        *counted(DECIDED, min=low, planned=planned),
        *counted(_SHARED, max=most),
        *counted(rolls, surge=fixed(surge)),
    )
    return ReplicasPlan(min=asked.min, planned=asked.planned, max=maximum, surge=surge, reasons=reasons)
