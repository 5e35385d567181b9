"""Two apps that know nothing of the stack, deployed with their image and their stack file alone, behind their name."""

import json
import socket
import ssl
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from websockets.sync.client import connect

from lab.images.ensure import ensure_images
from lab.images.recipes import HOST as REGISTRY
from lab.nodes.real.vps.names import Names, lead_here
from lab.nodes.real.vps.network import Network
from tests.customer import Customer
from tests.examples.rows import Rows
from tests.examples.stack_file import stack_file
from tests.real.shop import REPOSITORY
from tests.waiting import PATIENCE, patience, wait

pytestmark = pytest.mark.vps

HOST = "app.example.test"
COOKIECUTTER, WEBSOCKET = REPOSITORY / "examples" / "cookiecutter", REPOSITORY / "examples" / "websocket"
NAME = {"domain": HOST, "acme_email": "a@example.test"}
WEEKLY, RUNS = "weekly-summary", "stagecoach:beat-runs"


class App:
    """One of them on the shop's server."""

    def __init__(self, shop, root):
        self.shop, self.root, self.release = shop, root, 0

    def deploy(self, project=None):
        """By its stack file; without one once more, as a new version of it."""
        self.release += 1
        values = stack_file(project) | NAME if project else {}
        if project:
            [image] = ensure_images([f"lab/{project.name}:1"])
            values |= {"image": f"{REGISTRY}/{image.name}"}
        values["env"] = {**self.env, **values.get("env", {}), "RELEASE": str(self.release)}
        self.shop.configure(**values)
        done = self.shop.update()
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]

    @property
    def env(self):
        """The lab's own: where mail ends."""
        [path] = self.shop.lab.workspace.folder.glob("Pulumi.stage*.yaml")
        return yaml.safe_load(path.read_text())["config"].get("stagecoach:env") or {}

    @property
    def address(self):
        return str(self.shop.lab.outputs()["public_ip"])

    def manage(self, *words):
        """`manage.py` in a web pod."""
        command = ["exec", "-n", "app", "deployment/django", "-c", "django", "--", "env", *words]
        return self.shop.kubectl(*command)

    def restart_beat(self):
        self.shop.kubectl("rollout", "restart", "deployment/celery-beat", "-n", "app")
        self.shop.kubectl("rollout", "status", "deployment/celery-beat", "-n", "app", f"--timeout={patience(120):.0f}s")


@pytest.fixture(scope="module")
def app(lent, shop, tmp_path_factory):
    """Its name leads to the server before the first update; it is no shop afterwards."""
    network = Network(shop.lab.root)
    root = tmp_path_factory.mktemp("authority") / "root.pem"
    lead_here(shop.lab.root, [HOST], str(shop.lab.outputs()["public_ip"]))
    root.write_text(Names(shop.lab.root, network).root_certificate())
    yield App(shop, root)
    lent.close()


@pytest.fixture(scope="module")
def customer(app):
    return Customer(HOST, address=app.address, authority=str(app.root))


def plain(app, path):
    """The answer to plain http: its first line and its headers."""
    with socket.create_connection((app.address, 80), timeout=patience(30)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(4096), b"")).decode()


class TestCookiecutter:
    def test_a_note_is_mailed(self, app, customer):
        """Certificate, redirect, static files, login, form, worker, mail."""
        app.deploy(COOKIECUTTER)
        wait(lambda: customer.status("/") == 200, "the app", PATIENCE)
        assert f"Location: https://{HOST}/notes/" in plain(app, "/notes/")
        _, headers, page = customer.ask("/")
        assert headers["Strict-Transport-Security"].startswith("max-age=60")
        assert customer.status(page.partition('href="')[2].partition('"')[0]) == 200
        who = ("createsuperuser", "--noinput", "--username=anna", "--email=anna@example.com")
        app.manage("DJANGO_SUPERUSER_PASSWORD=correct horse", "python", "manage.py", *who)
        assert customer.send("/accounts/login/", {"username": "anna", "password": "correct horse"}) == 302
        assert customer.send("/notes/", {"text": "Buy silver"}) == 302
        wait(lambda: "Note" in self.subjects(app), "the mail", PATIENCE)
        assert app.shop.sql("select text, mailed from notes_note") == "Buy silver|t"

    def test_nothing_of_celery_lies_in_the_cache(self, app):
        """One Redis in its settings, two servers: an accepted task survives a power cut."""
        assert "kombu" not in app.shop.redis("redis-cache", "keys", "*")
        assert "_kombu.binding.celery" in app.shop.redis("redis-broker", "keys", "_kombu*")

    def test_its_schedule_survives_a_deploy(self, app):
        """Two of four days each make one run of an interval of seven."""
        rows = Rows(app.shop.sql)
        assert rows.runs(WEEKLY) == 0
        rows.earlier(days=4)
        app.deploy()
        assert rows.runs(WEEKLY) == 0
        rows.earlier(days=4)
        app.deploy()
        wait(lambda: "Summary" in self.subjects(app), "the summary", PATIENCE)
        app.restart_beat()
        assert rows.runs(WEEKLY) == 1

    @staticmethod
    def subjects(app):
        return " ".join(str(mail["Subject"]) for mail in app.shop.mails("anna@example.com"))


class TestWebSocket:
    def test_a_message_reaches_everybody_by_the_worker(self, app, customer):
        """Through traefik, by wss."""
        app.deploy(WEBSOCKET)
        wait(lambda: "new WebSocket" in customer.ask("/")[2], "the app", PATIENCE)
        assert f"Location: https://{HOST}/" in plain(app, "/")
        with enter(app) as anna, enter(app) as ben:
            anna.send(json.dumps({"text": "silver"}))
            assert said(anna) == said(ben)
        wait(lambda: app.shop.sql("select text, sent from chat_message") == "silver|t", "the row", PATIENCE)

    def test_its_schedule_survives_a_deploy(self, app):
        """Two of sixteen hours each make one run of an interval of 24."""
        before = earlier(app, hours=16)
        app.deploy()
        assert last_run(app) == before
        earlier(app, hours=16)
        with enter(app) as anna:
            app.restart_beat()
            assert said(anna) == {"count": 1}
            app.restart_beat()
            with pytest.raises(TimeoutError):
                anna.recv(timeout=patience(5))


def enter(app):
    """A WebSocket as a browser opens it."""
    way = socket.create_connection((app.address, 443), timeout=patience(30))
    trust = ssl.create_default_context(cafile=str(Path(app.root)))
    return connect(f"wss://{HOST}/ws/room/", sock=way, ssl=trust, server_hostname=HOST, origin=f"https://{HOST}")


def said(socket_):
    return json.loads(socket_.recv(timeout=patience(PATIENCE)))


def last_run(app):
    """Of its one entry, as beat keeps it in the broker."""
    return app.shop.redis("redis-broker", "hget", RUNS, "count")


def earlier(app, hours):
    """As if the last beat had been that long ago; what is written down then."""
    at = datetime.fromisoformat(json.loads(last_run(app))) - timedelta(hours=hours)
    app.shop.redis("redis-broker", "hset", RUNS, "count", json.dumps(at.isoformat()))
    return last_run(app)
