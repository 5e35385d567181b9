"""Define the prices of everything that a provider bills apart from instance types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Rates are the monthly prices, without VAT, of everything that a stack uses apart from servers."""

    volume_gb: Decimal  # per GB of the data volume
    address: Decimal  # the server's public address, which is kept when the server is replaced
    celery_address: Decimal  # the public address of each Celery server
    # The provider's backups of the root disk, as a share of the server's price; the stack leaves them off
    backup_percent: int
    as_of: date
    source: str
