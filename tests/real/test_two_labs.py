"""A second lab beside the first, so that tests and people do not disturb each other."""

import os

import pytest

from tests.browser import Browser
from tests.real.shop import Shop
from tests.waiting import PATIENCE, wait

pytestmark = pytest.mark.vps


@pytest.fixture(scope="module")
def second(shop):
    """Under another name, while the first runs."""
    made = Shop(f"test-second-{os.getpid()}")
    try:
        made.up()
        yield made
    finally:
        made.close()


def test_orders_do_not_mix(shop, second):
    """Each shop has an address, a database and mails of its own."""
    assert shop.url != second.url
    for one, email in ((shop, "first@example.com"), (second, "second@example.com")):
        browser = Browser(one.url)
        wait(lambda browser=browser: browser.is_open(), "the shop", PATIENCE)
        browser.order(email=email)
        assert wait(lambda one=one, email=email: one.mails(email), "the mail", PATIENCE)
    asked = "select string_agg(distinct email, ',') from orders_order where email in {}"
    both = "('first@example.com', 'second@example.com')"
    assert shop.sql(asked.format(both)) == "first@example.com"
    assert second.sql(asked.format(both)) == "second@example.com"
    assert (shop.mails("second@example.com"), second.mails("first@example.com")) == ([], [])


def test_the_end_of_one_leaves_the_other(shop, second):
    """`down` ends the second's processes; the first takes orders, and the second comes back with its own."""
    url, second_url = shop.url, second.url
    assert second.make("down").returncode == 0
    assert Browser(second_url).status("/healthz") == 0
    browser = Browser(url)
    assert "98.00 EUR" in browser.order(quantity=2, email="alone@example.com")
    assert wait(lambda: shop.mails("alone@example.com"), "the mail", PATIENCE)
    second.up()
    again = Browser(second.url)
    wait(again.is_open, "the second shop", PATIENCE)
    assert second.sql("select count(*) from orders_order where email = 'second@example.com'") == "1"
    assert Browser(url).status("/healthz") == 200
