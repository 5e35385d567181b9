"""Customers against a shop of two pages."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from lab.usage.customers import Customers

FORM = '<input type="hidden" name="csrfmiddlewaretoken" value="abc123">'


class Shop(BaseHTTPRequestHandler):
    orders: ClassVar = []
    status = 200  # of an order

    def log_message(self, *arguments):
        pass

    def answer(self, text, status=200):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def do_GET(self):
        if self.path == "/":
            self.answer('<a href="/products/silver-ring/">ring</a> <a href="/products/gone/">gone</a>')
        else:
            self.answer(FORM, 404 if "gone" in self.path else 200)

    def do_POST(self):
        self.orders.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.answer("thank you", self.status)


@pytest.fixture
def url():
    Shop.orders = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def buyers(monkeypatch):
    """Every visit ends with an order where it can: there is one within any time, on any machine."""
    monkeypatch.setattr("lab.usage.customers._ORDERS", 1)


@pytest.mark.usefixtures("buyers")
def test_they_look_around_and_order(url):
    """Orders carry the page's token; a page that is not there is an error.  By their dice four of six find the ring."""
    visits = Customers(url, count=6, seconds=0.3, pause=0.001).run()
    assert visits.orders == len(Shop.orders) >= 4
    assert all("csrfmiddlewaretoken=abc123" in one for one in Shop.orders)
    assert visits.pages >= 6 + 4 + 4
    assert visits.errors
    assert all("404" in one for one in visits.errors)
    assert 0 < visits.p50 <= visits.p95
    assert visits.rate == pytest.approx(visits.pages / visits.seconds)


def test_most_visits_end_without_one(url):
    """An order is the end of a tenth of them."""
    visits = Customers(url, count=4, seconds=0.3, pause=0.001).run()
    assert visits.orders < visits.pages / 4


@pytest.mark.usefixtures("buyers")
def test_what_is_sold_out_is_no_error(url, monkeypatch):
    """The shop says so with 422: a page, but no order."""
    monkeypatch.setattr(Shop, "status", 422)
    visits = Customers(url, count=2, seconds=0.3, pause=0.001).run()
    assert Shop.orders
    assert visits.orders == 0
    assert all("404" in one for one in visits.errors)


def test_a_shop_that_is_closed():
    visits = Customers("http://127.0.0.1:9", count=1, seconds=0.05, pause=0.01).run()
    assert (visits.pages, visits.rate, visits.p95) == (0, 0.0, 0.0)
    assert "refused" in visits.errors[0]
