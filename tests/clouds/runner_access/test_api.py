"""Errors of a cloud's API are messages."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from infra.clouds import CLOUDS
from infra.clouds.runner_access.api import Api
from infra.errors import ConfigError, RefusedError
from tests.servers.cloud_api import CloudApi


@pytest.mark.parametrize("provider", CLOUDS)
def test_no_token(provider, monkeypatch):
    monkeypatch.delenv(CLOUDS[provider].api.token.variable, raising=False)
    with pytest.raises(ConfigError, match=CLOUDS[provider].api.token.variable):
        Api(CLOUDS[provider])


def test_a_wrong_token_is_not_shown(monkeypatch):
    monkeypatch.setenv("HCLOUD_TOKEN", "wr0ng")
    with CloudApi(CLOUDS["hetzner"]) as api:
        monkeypatch.setenv("STAGECOACH_CLOUD_API", api.address)
        with pytest.raises(RefusedError, match="GET /firewalls: an answer, not 401") as caught:
            Api(CLOUDS["hetzner"]).call("GET", "/firewalls")
    assert "wr0ng" not in str(caught.value)


def test_nobody_answers(monkeypatch):
    monkeypatch.setenv("HCLOUD_TOKEN", "t0ken")
    monkeypatch.setenv("STAGECOACH_CLOUD_API", "http://127.0.0.1:9")
    with pytest.raises(RefusedError, match="the cloud refused"):
        Api(CLOUDS["hetzner"]).call("GET", "/firewalls")


@contextmanager
def answering(status, headers, body):
    """A server with one answer; what it was asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_token_is_not_carried_elsewhere(monkeypatch):
    monkeypatch.setenv("HCLOUD_TOKEN", "t0ken")
    with answering(302, {"Location": "/elsewhere"}, b"") as (address, asked):
        monkeypatch.setenv("STAGECOACH_CLOUD_API", address)
        with pytest.raises(RefusedError, match="an answer, not 302"):
            Api(CLOUDS["hetzner"]).call("GET", "/firewalls")
    assert asked == ["/firewalls"]


def test_a_page_of_a_proxy(monkeypatch):
    monkeypatch.setenv("HCLOUD_TOKEN", "t0ken")
    with answering(200, {}, b"<html>sign in</html>") as (address, _asked):
        monkeypatch.setenv("STAGECOACH_CLOUD_API", address)
        with pytest.raises(RefusedError, match="no JSON"):
            Api(CLOUDS["hetzner"]).call("GET", "/firewalls")
