"""An ASGI application under a real gunicorn with uvicorn's worker, by the manifest of its pod."""

import asyncio
import json
from http.client import HTTPConnection

import pytest
import websockets

from tests.components.test_web_probes import APP as DJANGO
from tests.components.test_web_probes import KINDS, probes
from tests.graphs import run
from tests.waiting import patience
from tests.web_pod import web_pod

ASGI = {"app": {"asgi": "app:application"}, "domain": "shop.example.com", "acme_email": "a@shop.example"}
SLOTS = 4  # of stage 1: threads of its one process
# Pages by Django; a WebSocket that echoes; requests that say how many of their kind were under way, and a stream.
APP = (
    DJANGO
    + """
import asyncio
import json

from django.core.asgi import get_asgi_application

pages = get_asgi_application()
now = most = streams = 0


async def application(scope, receive, send):
    if scope["type"] == "websocket":
        await echo(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/slow":
        await slow(send)
    elif scope["type"] == "http" and scope["path"] == "/stream":
        await stream(receive, send)
    else:
        await pages(scope, receive, send)


async def echo(receive, send):
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


async def slow(send):
    global now, most
    now += 1
    most = max(most, now)
    await asyncio.sleep(0.2)
    now -= 1
    body = json.dumps({"most": most, "streams": streams}).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def stream(receive, send):
    global streams
    streams += 1
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"first", "more_body": True})
    while (await receive())["type"] != "http.disconnect":
        pass
    streams -= 1
"""
)


@pytest.fixture
def pod(tmp_path):
    with web_pod(run(1, **ASGI), tmp_path, APP, SSL="1") as made:
        yield made


def ask(port, path):
    connection = HTTPConnection("127.0.0.1", port, timeout=patience(30))
    headers = {"Host": "shop.example.com", "X-Forwarded-Proto": "https"}
    connection.request("GET", path, headers=headers)
    return connection


async def many(port, count):
    """Answers of requests that begin together."""

    def one():
        connection = ask(port, "/slow")
        return json.loads(connection.getresponse().read())

    return await asyncio.gather(*(asyncio.to_thread(one) for _ in range(count)))


class TestAsgi:
    def test_probes_are_the_same(self, pod):
        assert probes(pod) == dict.fromkeys(KINDS, "success")

    def test_a_broken_page_is_never_healthy(self, tmp_path):
        with web_pod(run(1, **ASGI), tmp_path, APP, SSL="1", BROKEN="1") as pod:
            assert all(said.startswith("failure") for said in probes(pod).values())

    def test_a_websocket_stays_open(self, pod):
        """Messages go both ways, beside pages and for longer than a request may take."""

        async def talk():
            address = f"ws://127.0.0.1:{pod.port}/chat"
            async with websockets.connect(address, proxy=None, open_timeout=patience(10)) as socket:
                for text in ("first", "second"):
                    await socket.send(text)
                    assert await socket.recv() == text
                    await many(pod.port, 1)

        asyncio.run(talk())

    def test_requests_wait_for_a_slot(self, pod):
        """Each may hold a database connection: as many at a time as the plan counts, and every one is answered."""
        answers = asyncio.run(many(pod.port, 3 * SLOTS))
        assert max(one["most"] for one in answers) == SLOTS

    def test_streams_and_websockets_hold_none(self, pod):
        """They last for hours, and pages would wait for them."""

        async def crowd():
            address = f"ws://127.0.0.1:{pod.port}/chat"
            sockets = [await websockets.connect(address, proxy=None) for _ in range(2 * SLOTS)]
            streams = [await asyncio.to_thread(ask, pod.port, "/stream") for _ in range(2 * SLOTS)]
            for one in streams:
                answer = await asyncio.to_thread(one.getresponse)
                assert await asyncio.to_thread(answer.read, 5) == b"first"
            (said,) = await many(pod.port, 1)
            for one in (*streams, *sockets):
                closed = one.close()
                if closed:
                    await closed
            return said

        assert asyncio.run(crowd())["streams"] == 2 * SLOTS

    def test_the_access_log_is_the_containers(self, pod):
        ask(pod.port, "/healthz").getresponse()
        assert '"GET /healthz HTTP/1.1" 200' in pod.log.read_text()

    def test_an_image_without_uvicorn_says_so(self, tmp_path):
        """In its last lines, which the update prints."""
        hidden = tmp_path / "uvicorn_worker"
        hidden.mkdir()
        (hidden / "__init__.py").write_text("raise ModuleNotFoundError(\"No module named 'uvicorn_worker'\")\n")
        with web_pod(run(1, **ASGI), tmp_path, APP) as pod:
            assert "uvicorn_worker" in pod.log.read_text()
