"""Plan the replicas of a workload that an autoscaler may scale."""

from __future__ import annotations

from infra.sizing.number import described, fixed
from infra.sizing.plan import ReplicasPlan
from infra.sizing.reason import DECIDED, counted, of_stage
from infra.stack_file.stage_config import ReplicaRange

_SHARED = "what is left is shared out, one pod in turn, web first; a maximum is what fits when all are at theirs"


def scaled_replicas(asked: ReplicaRange, *, path: str, maximum: int, surge: int, rolls: str) -> ReplicasPlan:
    """Plan the range of an autoscaler.

    Args:
        asked: The stage's range.
        path: Path of the range in the stage.
        maximum: The most pods that fit, up to the stage's ceiling.
        surge: Extra pods during a rollout.
        rolls: Why the rollout has that surge.
    """
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
