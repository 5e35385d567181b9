"""An ASGI project with WebSockets, under the commands that its pods run."""

import asyncio
import http.client
import json
import signal
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import redis
import websockets
from websockets.sync.client import connect

from infra.components.celery_worker import worker_command
from infra.components.django import gunicorn_application
from tests.examples.beat import deploy
from tests.examples.pods import run_manage, running_pods
from tests.examples.stack_file import app_of, environment_of
from tests.plans import stage_plan
from tests.servers.redis_server import RedisServer
from tests.waiting import patience, wait

PROJECT = Path(__file__).resolve().parents[2] / "examples" / "websocket"
APP = app_of(PROJECT)
HOST = "room.example.com"
HEADERS = {"Host": HOST, "X-Forwarded-Proto": "https"}
RUNS = "stagecoach:beat-runs"


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A Redis of this module's own: a test stops it."""
    made = RedisServer(stage_plan(1).redis_cache, tmp_path_factory.mktemp("cache"))
    yield made
    made.kill()


@pytest.fixture(scope="module")
def environment(surroundings, cache):
    variables = surroundings[0] | {"CACHE_URL": f"redis://:secret@127.0.0.1:{cache.port}/0"}
    made = environment_of(PROJECT, variables)
    run_manage(PROJECT, made, "migrate", "--noinput")
    return made


@pytest.fixture
def pods(environment, surroundings):
    with running_pods(PROJECT, environment, surroundings[2], APP) as made:
        yield made


@pytest.fixture
def web(pods):
    """The web pod, once it serves."""
    start, port, folder = pods
    made = Web(port, start("web", "gunicorn", gunicorn_application(APP)))
    wait(lambda: made.page(APP.health_path) == "ok\n", (folder / "web.log").read_text)
    return made


class Web:
    """A web pod behind traefik, which says that customers came by https."""

    def __init__(self, port, process):
        self.port, self.process = port, process

    def page(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience(10))
        connection.request("GET", path, headers=HEADERS)
        return connection.getresponse().read().decode()

    def enter(self, origin=f"https://{HOST}"):
        """A WebSocket, as a browser opens it that shows a page of `origin`."""
        url = f"ws://127.0.0.1:{self.port}/ws/room/"
        # The client writes the header Host by the URL, and the server of the stack hears the customer's.
        return connect(url, origin=origin, open_timeout=patience(30))


def said(socket):
    return json.loads(socket.recv(timeout=patience(60)))


@pytest.mark.postgres
@pytest.mark.redis
class TestRoom:
    def test_models_and_migrations_agree(self, environment):
        run_manage(PROJECT, environment, "makemigrations", "--check", "--dry-run")

    def test_a_message_reaches_everybody_by_the_worker(self, pods, web, surroundings):
        """WebSocket, row, broker, worker, Redis' channel, both WebSockets."""
        start, _, folder = pods
        start("worker", *worker_command(stage_plan(1).workers[0]))
        assert "new WebSocket" in web.page("/")
        with web.enter() as anna, web.enter() as ben:
            anna.send(json.dumps({"text": "silver"}))
            assert said(anna) == said(ben)
        sql = surroundings[1].sql
        wait(lambda: sql("select text, sent from chat_message", "app") == "silver|t", (folder / "worker.log").read_text)

    def test_another_sites_page_is_refused(self, web):
        with pytest.raises(websockets.exceptions.InvalidStatus, match="403"):
            web.enter(origin="https://elsewhere.example").close()

    def test_whoever_is_in_the_room_stays_there_when_the_cache_starts_again(self, pods, web, cache):
        """It comes back empty; its channels are not kept there."""
        start, _, folder = pods
        with web.enter() as anna:
            cache.kill()
            cache.start()
            start("worker", *worker_command(stage_plan(1).workers[0]))
            wait(lambda: cache.client.pubsub_channels("asgi*"), (folder / "web.log").read_text)
            anna.send(json.dumps({"text": "still here"}))
            assert said(anna)["text"] == "still here"

    def test_a_rollout_closes_it_with_a_code_that_says_come_back(self, web):
        with web.enter() as anna:
            web.process.send_signal(signal.SIGTERM)
            with pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
                anna.recv(timeout=patience(60))
            assert closed.value.rcvd.code == 1012


@pytest.mark.postgres
@pytest.mark.redis
def test_its_schedule_survives_a_deploy(pods, web, environment):
    """Two deploys of sixteen hours each make one announcement of every 24 hours, and only one, to the room."""
    start, _, folder = pods
    broker = redis.Redis.from_url(environment["CELERY_BROKER_URL"])
    broker.delete(RUNS, "stagecoach:beat-lock")
    start("worker", *worker_command(stage_plan(1).workers[0]))
    with web.enter() as anna:
        deploy(pods)
        earlier(broker, hours=16)
        deploy(pods)
        with pytest.raises(TimeoutError):
            anna.recv(timeout=patience(2))
        earlier(broker, hours=16)
        deploy(pods, lambda: "Sending due task count" in (folder / "beat.log").read_text())
        assert said(anna).keys() == {"count"}
        deploy(pods)
        with pytest.raises(TimeoutError):
            anna.recv(timeout=patience(2))


def earlier(broker, hours):
    """As if the last beat had been that long ago."""
    [(name, text)] = broker.hgetall(RUNS).items()
    broker.hset(RUNS, name, json.dumps((datetime.fromisoformat(json.loads(text)) - timedelta(hours=hours)).isoformat()))


@pytest.mark.redis
@pytest.mark.parametrize("layer", ["core.RedisChannelLayer", "pubsub.RedisPubSubChannelLayer"])
def test_the_cache_gives_an_app_the_rights_that_a_channel_layer_needs(layer, cache):
    """Both of channels_redis: lists, scripts, keys and channels."""
    module, name = layer.split(".")
    made = getattr(__import__(f"channels_redis.{module}", fromlist=[name]), name)
    url = f"redis://:secret@127.0.0.1:{cache.port}/0"

    async def speak():
        here = made(hosts=[url])
        channel = await here.new_channel()
        await here.group_add("room", channel)
        await here.group_send("room", {"type": "said", "text": "x"})
        got = await here.receive(channel)
        await here.send(channel, {"type": "said", "text": "y"})
        again = await here.receive(channel)
        await here.group_discard("room", channel)
        await here.flush()
        return got["text"] + again["text"]

    assert asyncio.run(speak()) == "xy"
