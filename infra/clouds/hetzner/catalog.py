"""List Hetzner Cloud's types at the prices of Germany and Finland, without VAT and the public address (EUR 0.50)."""

from datetime import date
from decimal import Decimal

from infra.clouds.catalog import Catalog
from infra.clouds.catalog.instance_type import VOLATILE, PriceList
from infra.clouds.catalog.rates import Rates

_REGIONS = ("fsn1", "nbg1", "hel1")
_AS_OF = date(2026, 10, 9)
_SOURCE = (
    "docs.hetzner.com price adjustment of 2026-06-15, changed 2026-07-08, read 2026-10-09 through dated third-party "
    "readings; stock of CX types seen gone and back between 2026-07-26 and 2026-10-09"
)
_PRICES = PriceList(currency="EUR", regions=_REGIONS, as_of=_AS_OF, source=_SOURCE)

CATALOG = Catalog(
    instance_types=(
        _PRICES.row("cx23", 2, 4, 40, "5.49", stock=VOLATILE),
        _PRICES.row("cx33", 4, 8, 80, "8.49", stock=VOLATILE),
        _PRICES.row("cx43", 8, 16, 160, "15.99", stock=VOLATILE),
        _PRICES.row("cx53", 16, 32, 320, "29.49", stock=VOLATILE),
        _PRICES.row("cpx12", 1, 2, 40, "11.49"),
        _PRICES.row("cpx22", 2, 4, 80, "19.49"),
        _PRICES.row("cpx32", 4, 8, 160, "35.49"),
        _PRICES.row("cpx42", 8, 16, 320, "69.49"),
        _PRICES.row("cpx62", 16, 32, 640, "129.99"),
        _PRICES.row("ccx13", 2, 8, 80, "42.99"),
        _PRICES.row("ccx23", 4, 16, 160, "85.99"),
        _PRICES.row("ccx33", 8, 32, 240, "138.49"),
    ),
    # In order of preference: the cheap CX type of each size first, then the CPX type, which is always on sale.
    candidates=("cx23", "cpx22", "cx33", "cpx32", "cx43", "cpx42", "cx53", "cpx62"),
    rates=Rates(
        volume_gb=Decimal("0.0572"),
        address=Decimal("0.50"),
        celery_address=Decimal("0.50"),
        backup_percent=20,
        as_of=_AS_OF,
        source=(
            "volumes and backups: third-party reading of 2026-09, volumes also from the pricing API; IPv4: price "
            "adjustment of 2026-06-15, read 2026-10-09"
        ),
    ),
)
