"""A cache that refuses, and one that hangs: pages come from the database."""

import logging
import socket
import time

import pytest
from apps.orders.models import Order
from django.core.cache import cache
from django.urls import reverse

ASKED = 3  # times a page asks the cache that lost its products: get, add, get
TIMEOUT = 0.5


@pytest.fixture
def nobody(settings, monkeypatch):
    """A port where nothing listens yet in the cache's place; the log as at the start of a process."""
    for one in logging.getLogger("django_redis.cache").filters:
        monkeypatch.setattr(one, "_said", None)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        address = f"redis://127.0.0.1:{bound.getsockname()[1]}/0"
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": address}}
        yield bound


def test_pages_come_from_the_database(client, ring, nobody, caplog):
    page = client.get(reverse("product-list"))
    assert page.status_code == 200
    assert b"Ring" in page.content
    assert client.get(reverse("place-order", args=["ring"])).status_code == 200
    [line] = caplog.records
    assert (line.levelname, line.exc_info) == ("WARNING", None)
    assert line.getMessage().startswith("The cache is away, every look-up is a miss: Redis ConnectionError: Error 111")


@pytest.mark.django_db(transaction=True)  # what follows a commit asks the cache, too
def test_an_order_is_an_order(client, ring, celery_app, nobody):
    form = {"quantity": "1", "email": "customer@example.com"}
    answer = client.post(reverse("place-order", args=["ring"]), form)
    assert answer["Location"] == reverse("order-done", args=[Order.objects.get().number])


def test_a_page_does_not_hang(client, ring, nobody):
    nobody.listen()
    began = time.monotonic()
    assert b"Ring" in client.get(reverse("product-list")).content
    assert TIMEOUT <= time.monotonic() - began < (ASKED + 1) * TIMEOUT


def test_a_session_outlives_it(client, ring, settings, nobody):
    """The database has it."""
    session = client.session
    session["seen"] = "ring"
    session.save()
    assert client.session["seen"] == "ring"
    assert cache.get("anything", "nothing") == "nothing"


def test_the_warning_comes_again(nobody, caplog, monkeypatch):
    """Once a minute."""
    now = time.monotonic()
    for seconds in (0, 59, 61, 62):
        monkeypatch.setattr("config.cache_log.time.monotonic", lambda seconds=seconds: now + seconds)
        cache.get("anything")
    assert len(caplog.records) == 2
