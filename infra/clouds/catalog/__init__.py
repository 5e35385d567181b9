"""Instance types and prices: dated data with its source, never code."""

from __future__ import annotations

from dataclasses import dataclass

from infra.clouds.catalog.instance_type import InstanceType
from infra.clouds.catalog.rates import Rates


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """What one cloud sells."""

    instance_types: tuple[InstanceType, ...]
    candidates: tuple[str, ...]  # names in order of preference: sizing takes the first that fits
    rates: Rates  # what is billed beside instance types

    @property
    def regions(self) -> tuple[str, ...]:
        """Regions in which any of the types is sold."""
        return tuple(sorted({region for row in self.instance_types for region in row.regions}))

    @property
    def currency(self) -> str:
        """What the cloud bills in."""
        return self.instance_types[0].currency
