"""The example project, alone and under the commands that its pods run."""

import os
import re
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from infra.components.celery_worker import worker_command
from infra.stack_file.app_config import AppConfig
from tests.browser import Browser
from tests.examples.pods import run_manage, running_pods
from tests.plans import stage_plan
from tests.waiting import patience, wait

REPOSITORY = Path(__file__).resolve().parents[2]
SHOP = REPOSITORY / "examples" / "shop"
PIN = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)


def test_pins_are_the_tested_ones():
    """The image installs what these tests ran with."""
    ours = dict(PIN.findall((REPOSITORY / "requirements/dev.txt").read_text()))
    pins = PIN.findall((SHOP / "requirements.txt").read_text())
    assert len(pins) > 5
    assert {name: version for name, version in pins if ours.get(name) != version} == {}


def test_it_is_the_app_that_the_stack_assumes():
    """A stack file for the shop needs no `stagecoach:app` beyond the image."""
    app = AppConfig()
    assert (SHOP / app.application.partition(":")[0].replace(".", "/")).with_suffix(".py").exists()
    assert (SHOP / app.settings_module.replace(".", "/")).with_suffix(".py").exists()
    assert app.celery_app == "config"
    assert app.health_path == "/healthz"


@pytest.mark.parametrize(
    ("variables", "seconds"),
    [
        ({"DJANGO_CSRF_TRUSTED_ORIGINS": "https://shop.example"}, 30 * 86_400),
        ({"DJANGO_CSRF_TRUSTED_ORIGINS": "https://shop.example", "DJANGO_HSTS_SECONDS": "3600"}, 3600),
        ({"DJANGO_CSRF_TRUSTED_ORIGINS": ""}, 0),
    ],
)
def test_browsers_remember_https_where_the_shop_has_a_name(variables, seconds):
    """A shop without one is reached by plain http alone."""
    urls = {"DATABASE_URL": "postgres://a@b/c", "CACHE_URL": "redis://b", "CELERY_BROKER_URL": "redis://b"}
    environment = {**os.environ, **urls, "CELERY_RESULT_BACKEND": "redis://b", "DJANGO_SECRET_KEY": "x", **variables}
    command = [sys.executable, "-c", "from config import settings; print(settings.SECURE_HSTS_SECONDS)"]
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    done = subprocess.run(
        command, cwd=SHOP, env=environment, capture_output=True, text=True, timeout=patience(60), check=False
    )
    assert done.stdout == f"{seconds}\n", done.stderr


@pytest.mark.postgres
@pytest.mark.redis
class TestShop:
    def test_own_tests(self, surroundings):
        environment, _, _ = surroundings
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(
            command, cwd=SHOP, env=environment, capture_output=True, text=True, timeout=patience(300), check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(r"\d\d passed", done.stdout), done.stdout

    def test_own_tests_say_what_they_need(self, surroundings):
        environment, _, _ = surroundings
        without = {key: value for key, value in environment.items() if key != "DATABASE_URL"}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(
            command, cwd=SHOP, env=without, capture_output=True, text=True, timeout=patience(60), check=False
        )
        assert done.returncode != 0
        assert "the tests need the variables DATABASE_URL: see README.md" in done.stdout + done.stderr

    def test_models_and_migrations_agree(self, surroundings):
        manage(surroundings, "makemigrations", "--check", "--dry-run")


def manage(surroundings, *arguments):
    return run_manage(SHOP, surroundings[0], *arguments)


@pytest.fixture
def pods(surroundings):
    environment, _, folder = surroundings
    with running_pods(SHOP, {**environment, "STAGECOACH_CELERY_APP": "config"}, folder) as made:
        yield made


@pytest.mark.postgres
@pytest.mark.redis
class TestPods:
    def test_an_order_reaches_the_mailbox(self, surroundings, pods):
        """Migrate, web, worker: through HTTP, Postgres, the broker and the settings of the plan."""
        start, port, folder = pods
        _, postgres, _ = surroundings
        plan = stage_plan(1)
        manage(surroundings, "migrate", "--noinput")
        manage(surroundings, "migrate", "--noinput")  # the job runs again at every update
        start("web", "gunicorn", AppConfig().application)
        browser = Browser(f"http://127.0.0.1:{port}")
        wait(lambda: browser.status("/healthz") == 200, "web")
        start("worker", *worker_command(plan.workers[0]))
        done = browser.order(quantity=2)
        assert "98.00 EUR" in done
        assert postgres.sql("select quantity, email from orders_order", "app") == "2|customer@example.com"
        assert postgres.sql("select stock from catalog_product where slug = 'silver-ring'", "app") == "498"
        mails = folder / "mails"
        mail = wait(lambda: "".join(one.read_text() for one in mails.glob("*")), "mail")
        assert "To: customer@example.com" in mail
        assert "2 x Silver ring, 98.00 EUR" in mail
        assert browser.status("/products/silver-ring/", {"quantity": "1"}) == 403, "a form without its token"

    def test_an_idle_connection_takes_the_next_request(self, pods):
        """Traefik keeps its own for a while; gunicorn would close them after 2 s, with a request on its way perhaps."""
        start, port, _ = pods
        start("web", "gunicorn", AppConfig().application)
        wait(lambda: Browser(f"http://127.0.0.1:{port}").status("/healthz") == 200, "web")
        traefiks = HTTPConnection("127.0.0.1", port, timeout=patience(10))
        assert status(traefiks) == 200
        kept = traefiks.sock
        time.sleep(4)
        assert (status(traefiks), traefiks.sock) == (200, kept)
        traefiks.close()


def status(connection):
    """Of the health page."""
    connection.request("GET", "/healthz")
    answer = connection.getresponse()
    answer.read()
    return answer.status
