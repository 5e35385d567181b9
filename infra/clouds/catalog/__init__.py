"""Define the catalog of a cloud: instance types and prices are dated data with a source, never code."""

from __future__ import annotations

from dataclasses import dataclass

from infra.clouds.catalog.instance_type import InstanceType
from infra.clouds.catalog.rates import Rates


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """A catalog lists the instance types that one cloud sells, and its other prices."""

    instance_types: tuple[InstanceType, ...]
    candidates: tuple[str, ...]  # sizing tries these names in this order and takes the first that fits
    rates: Rates  # prices of everything but servers

    @property
    def regions(self) -> tuple[str, ...]:
        """Return every region that sells at least one of the types, sorted by name."""
        return tuple(sorted({region for row in self.instance_types for region in row.regions}))

    @property
    def currency(self) -> str:
        """Return the currency in which the cloud bills, as an ISO code; all rows share it."""
        return self.instance_types[0].currency
