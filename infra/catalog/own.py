"""The catalog as one stack sees it: its own prices, and what it can't have now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal

from infra.catalog import CANDIDATES, INSTANCE_TYPES, RATES
from infra.catalog.check import check_catalog
from infra.catalog.instance_type import SOLD_OUT, InstanceType


def own_catalog(
    provider: str, *, sold_out: Collection[str] = (), prices: Mapping[str, Decimal] | None = None
) -> tuple[tuple[InstanceType, ...], tuple[str, ...]]:
    """Rows and candidates in order, as the sizing takes them.

    Raises:
        ConfigError: a row is nonsense.
    """
    own = prices or {}
    rows = tuple(
        replace(row, price=own.get(row.name, row.price), stock=SOLD_OUT if row.name in sold_out else row.stock)
        for row in INSTANCE_TYPES[provider]
    )
    check_catalog(provider, rows, CANDIDATES[provider], RATES[provider])
    return rows, CANDIDATES[provider]
