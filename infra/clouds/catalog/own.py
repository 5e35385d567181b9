"""The catalog as one stack sees it: its own prices, and what it can't have now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal

from infra.clouds import CLOUDS
from infra.clouds.catalog import Catalog
from infra.clouds.catalog.check import check_catalog
from infra.clouds.catalog.instance_type import SOLD_OUT


def own_catalog(
    provider: str, *, sold_out: Collection[str] = (), prices: Mapping[str, Decimal] | None = None
) -> Catalog:
    """Return the provider's catalog with the stack's own `prices` (a month, in the provider's currency).

    Args:
        provider: one of `CLOUDS`.
        sold_out: names of instance types that can't be had now.
        prices: a month's price by the name of the instance type.

    Raises:
        ConfigError: a row is nonsense.
    """
    own, catalog = prices or {}, CLOUDS[provider].catalog
    rows = tuple(
        replace(row, price=own.get(row.name, row.price), stock=SOLD_OUT if row.name in sold_out else row.stock)
        for row in catalog.instance_types
    )
    found = replace(catalog, instance_types=rows)
    check_catalog(provider, found)
    return found
