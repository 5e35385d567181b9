"""Define the difference between two stacks as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from infra.assumption import Assumption
from infra.prices.month import MonthPrice


@dataclass(frozen=True, kw_only=True)
class Change:
    """Hold one value that differs; None means that this side does not have it."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Restart:
    """Name something that stops and starts again, with every reason."""

    name: str  # a workload's name, "server" or "k3s"
    why: tuple[str, ...]
    # Estimated by infra/updates/changes/assumptions.py; 0: the old pod stays until the new one answers
    away_seconds: int = 0


@dataclass(frozen=True, kw_only=True)
class Irreversible:
    """Name a change that no later update can undo."""

    path: str
    before: str
    after: str
    why: str


@dataclass(frozen=True, kw_only=True)
class ServerMove:
    """Hold the server's instance type before and after."""

    before: str
    after: str  # the type that the stack file asks for
    becomes: str  # the type after the update: `before` where the move is not possible
    in_place: bool  # False: the server would be replaced, which the program refuses
    possible: bool
    reason: str | None  # why it is not possible


@dataclass(frozen=True, kw_only=True)
class CostChange:
    """Hold the price of a whole month before and after, item by item, without VAT."""

    before: MonthPrice
    after: MonthPrice

    @property
    def currency(self) -> str:
        """Return the currency of `after`."""
        return self.after.currency

    @property
    def delta(self) -> Decimal | None:
        """Return how much more a month costs; None where the currencies differ."""
        return self.after.total - self.before.total if self.before.currency == self.currency else None

    @property
    def items(self) -> tuple[str, ...]:
        """Describe each item's old and new price, except items that cost nothing on both sides."""
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
    """Hold the size of the server's root disk.

    A move keeps the disk as it is, so its size at creation limits which types the server can become.
    """

    gb: int
    recorded: bool  # True: somebody looked it up, or the state has it
    said: str


@dataclass(frozen=True, kw_only=True)
class Downtime:
    """Hold how many seconds customers can't use the shop: the sum of its parts."""

    seconds: int
    parts: tuple[Assumption, ...]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Describe one step of an update, in the program's order."""

    key: str
    what: str
    effect: str  # on customers and tasks


@dataclass(frozen=True, kw_only=True)
class WayBack:
    """Describe the update back to the old stack file; it is planned like any other update."""

    complete: bool  # the server would have its old type again; a volume that has grown stays larger all the same
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StackDiff:
    """Hold everything that an update changes; `assumptions` lists what could not be looked up."""

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
    refused: tuple[str, ...]  # reasons why the program would refuse the update; empty if it would not
