"""One shop for the module that uses it."""

import os

import pytest

from tests.real.rehearsal import Rehearsal
from tests.real.shop import Shop


@pytest.fixture(scope="module")
def shop():
    """Stage 1, built from nothing."""
    made = Shop(f"test-real-{os.getpid()}")
    try:
        made.up()
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def rehearsal(shop):
    """The same shop with its alerts sixty times faster, quiet."""
    made = Rehearsal(shop)
    made.begin()
    return made
