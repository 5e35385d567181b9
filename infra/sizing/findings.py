"""What a plan says of itself: contracts, differences from the guide, the proof that it fits, what would help."""

from __future__ import annotations

from dataclasses import dataclass

from infra.sizing.workload import Amounts


@dataclass(frozen=True, kw_only=True)
class Check:
    """A named contract (design 3.9): whether it holds, and one line that says why."""

    name: str
    ok: bool
    reason: str
    field: str  # the stack file's field to change


@dataclass(frozen=True, kw_only=True)
class Departure:
    """Where the plan differs from the tier guide or from the stage, and why."""

    field: str
    guide: str
    plan: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """A change of the stack file with which everything fits; it was planned before it is named."""

    change: str  # as the stack file says it
    effect: str
    price: str  # of the whole month, decimal text
    currency: str
    within_budget: bool | None  # None without a budget


@dataclass(frozen=True, kw_only=True)
class Tightest:
    """The moment and the node with the least room."""

    node: str
    pod: str  # the largest of those that come last, or the one that finds no room
    requests: Amounts
    left: Amounts  # on that node, when it is there
    used_percent: int  # of what binds
    binds: str  # "cpu", "memory" or "pods"
    moment: str


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Every pod of the worst moment on a node: all maxima, every surge and every job at once."""

    pods: int
    peak: Amounts  # without DaemonSets, which are on every node already
    left: tuple[tuple[str, Amounts], ...]  # by node
    tightest: Tightest


@dataclass(frozen=True, kw_only=True)
class TierUse:
    """How many customers there are of those that the tier holds."""

    customers: int
    up_to: int
    percent: int
    then: str  # what follows when they are more
