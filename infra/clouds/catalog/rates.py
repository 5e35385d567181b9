"""What a provider bills beside its instance types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Rates:
    """A month's prices, without VAT, of what a stack has beside servers."""

    volume_gb: Decimal  # each GB of the data volume
    address: Decimal  # the server's public address, which outlives it
    celery_address: Decimal  # the public address of each Celery server
    backup_percent: int  # of a server's price: the provider's backups of its root disk, which the stack leaves off
    as_of: date
    source: str
