"""A server on this machine."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from infra.operate.doctor.http import get


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append((self.path, self.headers.get("Authorization")))
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
            self.end_headers()
            return
        self.send_response(401 if self.path == "/denied" else 200)
        self.end_headers()
        self.wfile.write(b"answer")

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def server():
    made = HTTPServer(("127.0.0.1", 0), Handler)
    made.seen = []
    threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def test_an_answer(server):
    answer = get(f"http://127.0.0.1:{server.server_port}/list", "hidden")
    assert (answer.status, answer.text) == (200, "answer")
    assert "Date" in answer.headers
    assert server.seen == [("/list", "Bearer hidden")]


def test_no_token_where_none_is_given(server):
    get(f"http://127.0.0.1:{server.server_port}/list")
    assert server.seen == [("/list", None)]


def test_denied(server):
    assert get(f"http://127.0.0.1:{server.server_port}/denied", "hidden").status == 401


def test_a_token_does_not_follow(server):
    """urllib would carry it along."""
    assert get(f"http://127.0.0.1:{server.server_port}/moved", "hidden").status == 302
    assert [path for path, _ in server.seen] == ["/moved"]


def test_nobody_answers(server):
    port = server.server_port
    server.shutdown()
    server.server_close()
    answer = get(f"http://127.0.0.1:{port}/", "hidden")
    assert (answer.status, answer.text) == (0, "[Errno 111] Connection refused")


def test_a_broken_token():
    """The library's own message would quote it."""
    answer = get("http://127.0.0.1:1/", "hid\nden")
    assert answer.status == 0
    assert "hid" not in answer.text
