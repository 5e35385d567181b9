"""Define one row of a provider's catalog."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from infra.units import Memory

ORDERABLE = "orderable"
VOLATILE = "volatile"  # the provider has been seen sold out of it
SOLD_OUT = "sold out"  # a running server may keep it, a new one cannot have it
RETIRED = "retired"  # like SOLD_OUT, and the provider will not sell it again
STOCKS = (ORDERABLE, VOLATILE, SOLD_OUT, RETIRED)


@dataclass(frozen=True, kw_only=True)
class InstanceType:
    """An instance type is a VPS size that a provider sells; prices are per month, without VAT."""

    name: str
    vcpu: int
    memory: Memory  # as the provider advertises it; the server shows less
    disk_gb: int
    price: Decimal
    currency: str
    regions: tuple[str, ...]
    stock: str  # one of STOCKS
    as_of: date
    source: str

    def on_sale(self, region: str) -> bool:
        """Return whether a new server can be created with this type, or a running one resized to it.

        Args:
            region: The provider's name of the region.
        """
        return self.stock in (ORDERABLE, VOLATILE) and region in self.regions


@dataclass(frozen=True, kw_only=True)
class PriceList:
    """A price list is what all rows of one provider have in common."""

    currency: str
    regions: tuple[str, ...]
    as_of: date
    source: str

    def row(
        self, name: str, vcpu: int, memory_gib: int, disk_gb: int, price: str, *, stock: str = ORDERABLE
    ) -> InstanceType:
        """Return one row.

        Args:
            name: The provider's name of the type.
            vcpu: Virtual CPUs.
            memory_gib: Memory in GiB, as the provider advertises it.
            disk_gb: The root disk in GB.
            price: The price of a month, without VAT.
            stock: One of STOCKS.
        """
        return InstanceType(
            name=name,
            vcpu=vcpu,
            memory=Memory.gib(memory_gib),
            disk_gb=disk_gb,
            price=Decimal(price),
            currency=self.currency,
            regions=self.regions,
            stock=stock,
            as_of=self.as_of,
            source=self.source,
        )
