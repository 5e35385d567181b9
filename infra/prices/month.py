"""Calculate what a plan costs per month, item by item."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from infra.clouds import CLOUDS
from infra.sizing.plan import StackPlan

_CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Item:
    """An item is one line of the monthly bill."""

    name: str  # server, celery servers, volume, addresses or backups
    what: str
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class MonthPrice:
    """A monthly price is without VAT; every item is rounded to cents, so that the items add up to the total."""

    items: tuple[Item, ...]
    currency: str
    provider_backups: Decimal  # what the provider's backups of the servers would add; the stack leaves them off

    @property
    def total(self) -> Decimal:
        """Return the sum of all items."""
        return sum((item.amount for item in self.items), Decimal(0))

    def amount(self, name: str) -> Decimal:
        """Return the amount of one item, or 0 if the plan has no such item.

        Args:
            name: The item's name, for example `volume`.
        """
        return next((item.amount for item in self.items if item.name == name), Decimal(0))

    @property
    def bill(self) -> str:
        """Return every item in one line, for people."""
        return ", ".join(f"{item.amount} {item.name} ({item.what})" for item in self.items)

    def __str__(self) -> str:
        """Return the total and its currency, for people."""
        return f"{self.total} {self.currency} a month"


def month_price(plan: StackPlan) -> MonthPrice:
    """Add up servers, data volume and public addresses; backups are dumps on the data volume and cost nothing extra.

    Args:
        plan: The plan.
    """
    rates, server, celery = CLOUDS[plan.provider].catalog.rates, plan.server, plan.celery_servers
    servers = Decimal(server.price)
    items = [
        Item(name="server", what=server.instance_type, amount=cents(servers)),
        Item(name="volume", what=f"{plan.volume_size_gib} GB", amount=cents(rates.volume_gb * plan.volume_size_gib)),
    ]
    addresses = rates.address
    if celery:
        further = Decimal(celery.price) * celery.count
        servers += further
        addresses += rates.celery_address * celery.count
        what = f"{celery.count} x {celery.instance_type}"
        items.insert(1, Item(name="celery servers", what=what, amount=cents(further)))
    count = 1 + (celery.count if celery else 0)
    return MonthPrice(
        items=(
            *items,
            Item(name="addresses", what=f"{count} IPv4", amount=cents(addresses)),
            Item(name="backups", what="dumps, on the volume", amount=cents(Decimal(0))),
        ),
        currency=server.currency,
        provider_backups=cents(servers * rates.backup_percent / 100),
    )


def cents(amount: Decimal) -> Decimal:
    """Round an amount to whole cents, half a cent upwards.

    Args:
        amount: The amount in a currency's unit.
    """
    return amount.quantize(_CENT, rounding=ROUND_HALF_UP)
