"""List the Droplet sizes of DigitalOcean with their monthly price caps, without tax."""

from datetime import date
from decimal import Decimal

from infra.clouds.catalog import Catalog
from infra.clouds.catalog.instance_type import PriceList
from infra.clouds.catalog.rates import Rates

_REGIONS = (
    "nyc1",
    "nyc2",
    "nyc3",
    "sfo2",
    "sfo3",
    "ams3",
    "fra1",
    "lon1",
    "tor1",
    "blr1",
    "sgp1",
    "syd1",
)
_AS_OF = date(2026, 10, 9)
_SOURCE = "DigitalOcean pricing page as quoted 2026-10-09; price list in force since 2022-07"
_PRICES = PriceList(currency="USD", regions=_REGIONS, as_of=_AS_OF, source=_SOURCE)

CATALOG = Catalog(
    instance_types=(
        _PRICES.row("s-2vcpu-4gb", 2, 4, 80, "24"),
        _PRICES.row("s-2vcpu-8gb-amd", 2, 8, 100, "42"),
        _PRICES.row("s-4vcpu-8gb", 4, 8, 160, "48"),
        _PRICES.row("s-4vcpu-16gb-amd", 4, 16, 200, "84"),
        _PRICES.row("s-8vcpu-16gb", 8, 16, 320, "96"),
        _PRICES.row("g-8vcpu-32gb", 8, 32, 100, "252"),
    ),
    # In order of preference: one size for each step of memory.
    candidates=("s-2vcpu-4gb", "s-4vcpu-8gb", "s-8vcpu-16gb", "g-8vcpu-32gb"),
    rates=Rates(
        volume_gb=Decimal("0.10"),
        address=Decimal(0),
        celery_address=Decimal(0),
        backup_percent=20,
        as_of=_AS_OF,
        source=(
            "volumes: pricing page as quoted 2026-10-09; a reserved address is free while it is assigned "
            "(docs.digitalocean.com, reserved IPs, 2025-06-17); weekly backups: docs.digitalocean.com, 2026-03-09"
        ),
    ),
)
