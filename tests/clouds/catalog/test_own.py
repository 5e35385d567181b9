"""The catalog as one stack sees it."""

from decimal import Decimal

import pytest

from infra.clouds import CLOUDS
from infra.clouds.catalog.own import own_catalog
from infra.errors import ConfigError


def row(name, **more):
    rows = own_catalog("hetzner", **more).instance_types
    return next(one for one in rows if one.name == name)


def test_as_it_is():
    assert row("cx23").on_sale("nbg1")
    assert own_catalog("hetzner").candidates == CLOUDS["hetzner"].catalog.candidates


def test_sold_out():
    assert not row("cx23", sold_out=["cx23"]).on_sale("nbg1")
    assert row("cx33", sold_out=["cx23"]).on_sale("nbg1")


def test_a_price_of_ones_own():
    assert row("cx23", prices={"cx23": Decimal("3.79")}).price == Decimal("3.79")


def test_a_price_of_zero():
    with pytest.raises(ConfigError, match=r"hetzner/catalog\.py: cx23\.price = 0: above 0"):
        own_catalog("hetzner", prices={"cx23": Decimal(0)})


def test_another_region():
    assert not row("cx23").on_sale("ash")
