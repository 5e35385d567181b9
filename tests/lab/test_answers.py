"""Tests of lab.answers."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lab import answers as module
from lab.answers import answers


@pytest.fixture
def shop(monkeypatch):
    """A server on a port of loopback: its answers one after the other, and what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append((self.headers["Host"], self.path))
            self.send_response(server.codes.pop(0) if len(server.codes) > 1 else server.codes[0])
            self.end_headers()

        def log_message(self, *_):
            pass

    monkeypatch.setattr(module, "_PAUSE", 0.01)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked, server.codes = [], [200]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def outputs(server, url="https://shop.example.com"):
    return {"url": url, "public_ip": f"127.0.0.1:{server.server_address[1]}"}


def test_the_health_page_under_the_shops_name(shop):
    assert answers(outputs(shop), "/healthz")
    assert shop.asked == [("shop.example.com", "/healthz")]


@pytest.mark.parametrize("code", [301, 308])
def test_a_redirect_to_https(shop, code):
    shop.codes = [code]
    assert answers(outputs(shop), "/healthz")


@pytest.mark.parametrize("code", [404, 502, 503])
def test_an_ingress_without_a_shop_behind_it(shop, code):
    shop.codes = [code]
    assert not answers(outputs(shop), "/healthz")
    assert len(shop.asked) == 1


def test_it_is_waited_for(shop):
    shop.codes = [503, 404, 200]
    assert answers(outputs(shop), "/healthz", patience=60)
    assert len(shop.asked) == 3


class Clock:
    """Only a pause takes time, however long an answer takes on a busy machine."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def test_not_for_ever(shop, monkeypatch):
    monkeypatch.setattr(module, "time", Clock())
    monkeypatch.setattr(module, "_PAUSE", 0.5)
    shop.codes = [503]
    assert not answers(outputs(shop), "/healthz", patience=2)
    assert len(shop.asked) == 5


def test_nobody_listens(shop):
    address = outputs(shop)
    shop.shutdown()
    shop.server_close()
    assert not answers(address, "/healthz")
