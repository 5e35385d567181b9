"""A month's price, against sums by hand."""

from decimal import Decimal

import pytest

from infra.prices.month import cents, month_price
from tests.plans import stage_plan


@pytest.mark.parametrize(
    ("stage", "provider", "items", "total"),
    [
        # 40 GB x 0.0572 = 2.288
        (1, "hetzner", {"server": "5.49", "volume": "2.29", "addresses": "0.50", "backups": "0.00"}, "8.28"),
        # one Celery server with an address of its own; 240 GB x 0.0572 = 13.728
        (5, "hetzner", {"server": "15.99", "celery servers": "8.49", "volume": "13.73", "addresses": "1.00"}, "39.21"),
        (1, "digitalocean", {"server": "24.00", "volume": "4.00", "addresses": "0.00"}, "28.00"),
        # a reserved address for the server; a Celery server's is part of its price
        (5, "vultr", {"server": "80.00", "celery servers": "40.00", "volume": "24.00", "addresses": "3.00"}, "147.00"),
    ],
)
def test_by_hand(stage, provider, items, total):
    price = month_price(stage_plan(stage, provider))
    assert {name: str(price.amount(name)) for name in items} == items
    assert str(price.total) == total


def test_items_add_up():
    price = month_price(stage_plan(4))
    assert sum(item.amount for item in price.items) == price.total
    assert str(price) == "25.64 EUR a month"


def test_without_celery_servers():
    assert month_price(stage_plan(1)).amount("celery servers") == 0


def test_the_providers_backups():
    """A fifth of all servers: 0.2 x (15.99 + 8.49) = 4.896; not part of the total."""
    price = month_price(stage_plan(5))
    assert price.provider_backups == Decimal("4.90")


def test_cents_round_half_up():
    assert cents(Decimal("0.125")) == Decimal("0.13")
