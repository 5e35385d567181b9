"""Apply a stack file's own prices and sold-out types to a provider's catalog."""

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
    """Return the provider's catalog with the stack file's prices and sold-out types in it.

    Args:
        provider: A key of `CLOUDS`.
        sold_out: Names of instance types that the provider does not sell at the moment.
        prices: Price per month by instance type, in the provider's currency, without VAT.

    Raises:
        ConfigError: A row of the resulting catalog is invalid.
    """
    own, catalog = prices or {}, CLOUDS[provider].catalog
    rows = tuple(
        replace(row, price=own.get(row.name, row.price), stock=SOLD_OUT if row.name in sold_out else row.stock)
        for row in catalog.instance_types
    )
    found = replace(catalog, instance_types=rows)
    check_catalog(provider, found)
    return found
