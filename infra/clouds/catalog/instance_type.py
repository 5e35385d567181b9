"""One row of a provider's catalog."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from infra.units import Memory

ORDERABLE = "orderable"
VOLATILE = "volatile"  # was seen sold out
SOLD_OUT = "sold out"  # a running server may keep it
RETIRED = "retired"  # as before, and it never comes back
STOCKS = (ORDERABLE, VOLATILE, SOLD_OUT, RETIRED)


@dataclass(frozen=True, kw_only=True)
class InstanceType:
    """A VPS size as a provider sells it; prices are a month's, without VAT."""

    name: str
    vcpu: int
    memory: Memory  # nominal
    disk_gb: int
    price: Decimal
    currency: str
    regions: tuple[str, ...]
    stock: str  # one of STOCKS
    as_of: date
    source: str

    def on_sale(self, region: str) -> bool:
        """Whether a new server, or a resized one, may become this."""
        return self.stock in (ORDERABLE, VOLATILE) and region in self.regions
