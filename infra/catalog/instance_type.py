"""One row of a provider's catalog."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from infra.units import Memory


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
    stock: str  # "orderable", or "volatile" where it was seen sold out
    as_of: date
    source: str
