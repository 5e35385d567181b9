"""List Vultr's plans at the prices of all regions but sao, where plans have other ids."""

from datetime import date
from decimal import Decimal

from infra.clouds.catalog import Catalog
from infra.clouds.catalog.instance_type import PriceList
from infra.clouds.catalog.rates import Rates

_REGIONS = ("ewr", "ord", "dfw", "sea", "lax", "sjc", "atl", "mia", "fra")
_AS_OF = date(2026, 10, 9)
_SOURCE = "Vultr plans API: dump of 2025-12-18, the same prices read again 2026-10-09"
_PRICES = PriceList(currency="USD", regions=_REGIONS, as_of=_AS_OF, source=_SOURCE)

CATALOG = Catalog(
    instance_types=(
        _PRICES.row("vc2-2c-4gb", 2, 4, 80, "20"),
        _PRICES.row("vc2-4c-8gb", 4, 8, 160, "40"),
        _PRICES.row("vc2-6c-16gb", 6, 16, 320, "80"),
        _PRICES.row("vc2-8c-32gb", 8, 32, 640, "160"),
        _PRICES.row("vhp-2c-4gb-amd", 2, 4, 100, "24"),
        _PRICES.row("vhp-4c-8gb-amd", 4, 8, 180, "48"),
        _PRICES.row("vhp-4c-12gb-amd", 4, 12, 260, "72"),
        _PRICES.row("vhp-8c-16gb-amd", 8, 16, 350, "96"),
    ),
    # In order of preference: the cheapest family first.
    candidates=("vc2-2c-4gb", "vc2-4c-8gb", "vc2-6c-16gb", "vhp-8c-16gb-amd", "vc2-8c-32gb"),
    rates=Rates(
        volume_gb=Decimal("0.10"),
        address=Decimal("3.00"),
        celery_address=Decimal(0),
        backup_percent=20,
        as_of=_AS_OF,
        source=(
            "list prices of NVMe block storage, of a reserved IPv4 address and of automatic backups; no dated page "
            "could be read: look at vultr.com/pricing before you rely on them"
        ),
    ),
)
