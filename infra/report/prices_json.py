"""Write prices as JSON: amounts are numbers in the row's currency; new versions only add keys."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from infra.prices.listing import StagePrice
from infra.prices.month import MonthPrice


def prices_to_json(rows: Sequence[StagePrice], budget: Decimal | None) -> list[dict[str, Any]]:
    """Return one object for each stage of each provider."""
    return [_row(row, budget) for row in rows]


def month_to_json(price: MonthPrice) -> dict[str, Any]:
    """Return a month's price, item by item."""
    return {
        **{item.name.replace(" ", "_"): float(item.amount) for item in price.items},
        "total": float(price.total),
        "currency": price.currency,
        "provider_backups": float(price.provider_backups),
        "items": [{"name": item.name, "what": item.what, "amount": float(item.amount)} for item in price.items],
    }


def _row(row: StagePrice, budget: Decimal | None) -> dict[str, Any]:
    (first, last), (most, least) = row.customers, row.per_customer
    return {
        "provider": row.provider,
        "region": row.region,
        "stage": row.stage,
        "instance_type": row.price.items[0].what,
        "month": month_to_json(row.price),
        "customers": {"first": first, "last": last},
        "per_customer": {"first": float(most), "last": float(least)},
        "within_budget": None if budget is None else row.within(budget),
        "fallbacks": [{"instance_type": one.instance_type, "total": float(one.price.total)} for one in row.fallbacks],
    }
