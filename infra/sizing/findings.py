"""Define what a plan reports about itself: contracts, differences from the guide, the proof of fit, and remedies."""

from __future__ import annotations

from dataclasses import dataclass

from infra.sizing.workload import Amounts


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check is a named contract: whether the plan keeps it, and why, in one line."""

    name: str
    ok: bool
    reason: str
    field: str  # the key of the stack file to change


@dataclass(frozen=True, kw_only=True)
class Departure:
    """A departure is a difference between the plan and the tier guide or the stage, with its reason."""

    field: str
    guide: str
    plan: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """A remedy is a change of the stack file that has been planned and makes everything fit."""

    change: str  # in the stack file's own words
    effect: str
    price: str  # per month for the whole plan, as decimal text
    currency: str
    within_budget: bool | None  # None if there is no budget


@dataclass(frozen=True, kw_only=True)
class Tightest:
    """The tightest fit is the node with the least room, and the moment at which it has it."""

    node: str
    pod: str  # the largest pod that is scheduled last, or the pod that finds no room
    requests: Amounts
    left: Amounts  # on that node once the pod runs
    used_percent: int  # of the resource that runs out first
    binds: str  # "cpu", "memory" or "pods"
    moment: str


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A proof places every pod at the worst moment: all maxima, every surge and every job at once."""

    pods: int
    peak: Amounts  # without DaemonSets, whose pods are on every node already
    left: tuple[tuple[str, Amounts], ...]  # by the node's name
    tightest: Tightest


@dataclass(frozen=True, kw_only=True)
class TierUse:
    """Tier use says how many customers there are, of the number that the tier holds."""

    customers: int
    up_to: int
    percent: int
    then: str  # what happens when there are more customers
