"""One shop for the module that uses it, the machine under it and a customer of it."""

import os

import pytest

from tests.browser import Browser
from tests.real.rehearsal import Rehearsal
from tests.real.shop import Shop
from tests.waiting import wait

OPEN_SECONDS = 240  # from a new shop to its first page, on a busy machine


@pytest.fixture(scope="module")
def shop():
    """Stage 1, built from nothing."""
    made = Shop(f"test-real-{os.getpid()}")
    try:
        made.up()
        yield made
    finally:
        made.close()


@pytest.fixture
def vps(shop):
    """The machine under the shop, as its cloud's console shows it."""
    return shop.vps


@pytest.fixture
def browser(shop):
    """A customer, once the shop is open."""
    made = Browser(shop.url)
    wait(lambda: made.status("/healthz") == 200, "the shop", OPEN_SECONDS)
    return made


@pytest.fixture(scope="module")
def rehearsal(shop):
    """The same shop with its alerts sixty times faster, quiet."""
    made = Rehearsal(shop)
    made.begin()
    return made
