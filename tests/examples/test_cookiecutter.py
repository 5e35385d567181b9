"""A project with cookiecutter-django's habits, under the commands that its pods run."""

import re
import shutil
from pathlib import Path

import pytest
import redis

from infra.components.celery_worker import worker_command
from tests.customer import Customer
from tests.examples.beat import deploy
from tests.examples.pods import run_manage, running_pods
from tests.examples.rows import Rows
from tests.examples.stack_file import app_of, environment_of, stack_file
from tests.plans import stage_plan
from tests.waiting import wait

PROJECT = Path(__file__).resolve().parents[2] / "examples" / "cookiecutter"
HOST = "acme.example.com"


def test_its_stack_file_says_what_differs_from_the_stacks_defaults():
    said = stack_file(PROJECT)
    assert said["domain"] == HOST
    assert app_of(PROJECT).aliases == {"REDIS_URL": "CACHE_URL"}
    assert set(said["app"]) == {"celery_app", "settings_module", "health_path", "aliases"}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """As the image has it: with its static files collected."""
    folder = tmp_path_factory.mktemp("acme") / "app"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("__pycache__", "staticfiles"))
    return folder


@pytest.fixture(scope="module")
def environment(surroundings, project):
    made = environment_of(PROJECT, surroundings[0])
    run_manage(project, made, "collectstatic", "--noinput")
    run_manage(project, made, "migrate", "--noinput")
    who = {"DJANGO_SUPERUSER_PASSWORD": "correct horse"}
    run_manage(project, made | who, "createsuperuser", "--noinput", "--username=anna", "--email=anna@example.com")
    return made


@pytest.fixture
def pods(environment, project, surroundings):
    with running_pods(project, environment, surroundings[2], app_of(PROJECT)) as made:
        yield made


@pytest.fixture
def database(surroundings):
    return lambda text: surroundings[1].sql(text, "app")


@pytest.fixture
def broker(environment):
    made = redis.Redis.from_url(environment["CELERY_BROKER_URL"])
    yield made
    made.delete("celery")
    made.close()


@pytest.mark.postgres
@pytest.mark.redis
class TestPages:
    def test_models_and_migrations_agree(self, environment, project):
        run_manage(project, environment, "makemigrations", "--check", "--dry-run")

    def test_a_note_is_mailed(self, pods, environment, database, broker):
        """Login, form, transaction, broker, worker, mail: by https alone, and with one Redis in the settings."""
        start, port, folder = pods
        anna = Customer(HOST, port=port)
        start("web", "gunicorn", app_of(PROJECT).application)
        wait(lambda: anna.status(app_of(PROJECT).health_path) == 200, (folder / "web.log").read_text)
        status, headers, _ = anna.ask("/", proto="http")
        assert (status, headers["Location"]) == (301, f"https://{HOST}/")
        _, headers, page = anna.ask("/")
        assert headers["Strict-Transport-Security"] == "max-age=60; includeSubDomains; preload"
        [style] = re.findall(r'href="(/static/css/project\.[0-9a-f]{12}\.css)"', page)
        assert "immutable" in anna.ask(style)[1]["Cache-Control"]
        assert anna.status(f"/{environment['DJANGO_ADMIN_URL']}") == 302
        assert anna.status("/admin/") == 404
        assert anna.send("/accounts/login/", {"username": "anna", "password": "correct horse"}) == 302
        start("worker", *worker_command(stage_plan(1).workers[0]))
        assert anna.send("/notes/", {"text": "Buy silver"}) == 302
        assert "<li>Buy silver</li>" in anna.ask("/notes/")[2]
        said = wait(lambda: "".join(one.read_text() for one in (folder / "mails").glob("*")), "the mail")
        assert "To: anna@example.com" in said
        assert "Buy silver" in said
        wait(lambda: database("select mailed from notes_note") == "t", "the row")
        self.one_redis_in_the_settings_are_two(environment, broker)
        log = (folder / "worker.log").read_text()
        assert "task_time_limit: the app's 300 is replaced by the plan's 600" in log

    def one_redis_in_the_settings_are_two(self, environment, broker):
        """Celery prefers the variables: neither a task nor a result lies in the cache, which forgets."""
        cache = redis.Redis.from_url(environment["REDIS_URL"])
        keys = b" ".join(cache.scan_iter())
        assert b"notes-" in keys
        assert b"celery" not in keys
        assert b"kombu" not in keys
        assert broker.exists("_kombu.binding.celery")
        results = redis.Redis.from_url(environment["CELERY_RESULT_BACKEND"])
        wait(lambda: results.keys("celery-task-meta-*"), "the result")

    def test_pods_stay_ready_without_the_database(self, environment, project, surroundings):
        """ATOMIC_REQUESTS gives every view a transaction; a static file has none."""
        away = environment | {"DATABASE_URL": "postgres://app@127.0.0.1:1/app"}
        with running_pods(project, away, surroundings[2], app_of(PROJECT)) as (start, port, folder):
            start("web", "gunicorn", app_of(PROJECT).application)
            anna = Customer(HOST, port=port)
            wait(lambda: anna.status(app_of(PROJECT).health_path) == 200, (folder / "web.log").read_text)
            assert anna.status("/") == 500


@pytest.mark.postgres
@pytest.mark.redis
class TestSchedule:
    """django-celery-beat's, in the database; tests/pod/stagecoach_celery/test_database_schedule.py has more."""

    @pytest.fixture
    def rows(self, environment, database, broker):
        broker.delete("celery", "stagecoach:beat-lock")
        made = Rows(database)
        made.clear()
        return made

    def test_a_weekly_task_runs_although_every_deploy_is_sooner(self, pods, rows, broker):
        """Two deploys of four days each make one run of an interval of seven, and only one."""
        deploy(pods)
        rows.earlier(days=4)
        deploy(pods)
        assert broker.llen("celery") == 0
        rows.earlier(days=4)
        deploy(pods, lambda: broker.llen("celery") == 1)
        deploy(pods)
        assert (broker.llen("celery"), rows.runs("weekly-summary")) == (1, 1)

    def test_an_entry_of_the_admin_survives(self, pods, rows, broker):
        deploy(pods)
        rows.add("own", days=8)
        deploy(pods, lambda: broker.llen("celery") == 1)
        deploy(pods)
        assert (broker.llen("celery"), rows.runs("own")) == (1, 1)
