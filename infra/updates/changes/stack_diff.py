"""The computed difference between two stacks, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from infra.assumption import Assumption
from infra.prices.month import MonthPrice


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
    away_seconds: int = 0  # by infra/updates/changes/assumptions.py; 0: the old pod stays until the new one answers


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
    """A whole month, item by item, without VAT."""

    before: MonthPrice
    after: MonthPrice

    @property
    def currency(self) -> str:
        """Of `after`."""
        return self.after.currency

    @property
    def delta(self) -> Decimal | None:
        """None where the currencies differ."""
        return self.after.total - self.before.total if self.before.currency == self.currency else None

    @property
    def items(self) -> tuple[str, ...]:
        """What is counted, both sides of it, for people; what costs nothing on either side is left out."""
        if self.delta is None:
            return ()
        names = dict.fromkeys(item.name for item in (*self.before.items, *self.after.items))
        pairs = ((name, self.before.amount(name), self.after.amount(name)) for name in names)
        return tuple(
            f"{name} {old}" if old == new else f"{name} {old} to {new} ({new - old:+})"
            for name, old, new in pairs
            if old or new
        )


@dataclass(frozen=True, kw_only=True)
class RootDisk:
    """The server's first disk: it never grows on a move, so what it was built with decides what it can become."""

    gb: int
    recorded: bool  # somebody has looked: a person, or the engine in the state
    said: str


@dataclass(frozen=True, kw_only=True)
class Downtime:
    """How long customers are not served: the sum of its parts."""

    seconds: int
    parts: tuple[Assumption, ...]


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that an update does, in the program's order."""

    key: str
    what: str
    effect: str  # on customers and tasks


@dataclass(frozen=True, kw_only=True)
class WayBack:
    """What an update back would do, found by planning it."""

    complete: bool  # server and month's price are the old ones again
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StackDiff:
    """Everything that an update changes; `assumptions` says what had to be taken for granted."""

    stages: tuple[int, int]
    server: ServerMove
    changes: tuple[Change, ...]
    restarts: tuple[Restart, ...]
    irreversible: tuple[Irreversible, ...]
    cost: CostChange
    root_disk: RootDisk
    downtime: Downtime
    events: tuple[Event, ...]
    way_back: WayBack
    assumptions: tuple[str, ...]
    refused: tuple[str, ...]  # why the program would refuse the update; empty when it would not
