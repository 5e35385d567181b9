"""Fill the cells of a table of prices, for terminals and for Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from infra.prices.listing import StagePrice

HEADER = (
    "stage",
    "customers",
    "server",
    "price",
    "Celery servers",
    "volume",
    "addresses",
    "backups",
    "a month",
    "per customer",
    "if sold out",
)
NOTE = (
    "Without VAT. Backups are dumps on the data volume; the providers' own backups would add a fifth of the servers' "
    "price and do not hold that volume. Per customer: at the first and at the last customer of the tier."
)
_SHOWN = 1  # fallbacks in a cell; JSON has all of them


def cells(rows: Sequence[StagePrice], budget: Decimal | None) -> Iterator[tuple[str, ...]]:
    """Yield one row of texts for each price."""
    for row in rows:
        first, last = row.customers
        most, least = row.per_customer
        price = row.price
        celery = next((f"{item.what}: {item.amount}" for item in price.items if item.name == "celery servers"), "-")
        total = f"{price.total} {price.currency}"
        yield (
            str(row.stage),
            f"{first}-{last}",
            price.items[0].what,
            str(price.amount("server")),
            celery,
            str(price.amount("volume")),
            str(price.amount("addresses")),
            str(price.amount("backups")),
            total if row.within(budget) else f"{total} (above)",
            f"{most} to {least}",
            ", ".join(f"{one.instance_type} {one.price.total}" for one in row.fallbacks[:_SHOWN]) or "nothing",
        )


def by_provider(rows: Sequence[StagePrice]) -> dict[str, list[StagePrice]]:
    """Group the rows by provider, because one table must not mix currencies."""
    found: dict[str, list[StagePrice]] = {}
    for row in rows:
        found.setdefault(row.provider, []).append(row)
    return found
