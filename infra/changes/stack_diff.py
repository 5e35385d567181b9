"""The computed difference between two stacks, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Change:
    """One value that differs; None where one side does not have it."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Restart:
    """Something that stops and starts again, with every reason."""

    name: str  # a workload's name, "server" or "k3s"
    why: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Irreversible:
    """A change that no later update takes back."""

    path: str
    before: str
    after: str
    why: str


@dataclass(frozen=True, kw_only=True)
class ServerMove:
    """The server's instance type before and after."""

    before: str
    after: str  # what the stack asks for
    becomes: str  # what the server is after the update: `before` where the move is not possible
    in_place: bool  # False: the server would be replaced, which the program refuses
    possible: bool
    reason: str | None  # why it is not possible


@dataclass(frozen=True, kw_only=True)
class CostChange:
    """A month's price of all servers, without VAT."""

    before: Decimal
    after: Decimal
    currency: str  # of `after`
    delta: Decimal | None  # None where the currencies differ


@dataclass(frozen=True, kw_only=True)
class StackDiff:
    """Everything that an update changes; `assumptions` says what had to be taken for granted."""

    stages: tuple[int, int]
    server: ServerMove
    changes: tuple[Change, ...]
    restarts: tuple[Restart, ...]
    irreversible: tuple[Irreversible, ...]
    cost: CostChange
    assumptions: tuple[str, ...]
    refused: tuple[str, ...]  # why the program would refuse the update; empty when it would not
