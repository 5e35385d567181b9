"""A project without any of the plan's settings runs by the contract alone."""

import json
import re
import urllib.request
from pathlib import Path

import pytest

from infra.components.celery_worker import worker_command
from infra.stack_file.app_config import AppConfig
from infra.stack_file.app_contract import VARIABLES
from tests.examples.pods import run_manage, running_pods
from tests.plans import stage_plan
from tests.waiting import patience, wait

REPOSITORY = Path(__file__).resolve().parents[2]
MINIMAL, SHOP = REPOSITORY / "examples" / "minimal", REPOSITORY / "examples" / "shop"
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def test_it_reads_every_variable_of_the_contract_and_no_other():
    source = "".join(path.read_text() for path in (MINIMAL / "minimal").glob("*.py"))
    read = set(re.findall(r'os\.environ\["(\w+)"\]', source))
    assert read == VARIABLES.keys() - {"DJANGO_SETTINGS_MODULE"}  # Django reads that one by itself


def test_it_has_none_of_the_plans_settings():
    source = "".join(path.read_text() for path in (MINIMAL / "minimal").glob("*.py"))
    assert not re.search(r"time_limit|acks_late|prefetch|visibility|CELERY_TASK|CONN_MAX_AGE", source)


def test_no_name_is_the_stacks_default():
    """Else the stack's defaults would do what its stack file has to say."""
    [block] = re.findall(r"```yaml\n(.*?)```", (MINIMAL / "README.md").read_text(), re.DOTALL)
    app = AppConfig(**dict(re.findall(r"^  (\w+): (\S+)$", block, re.MULTILINE)))
    changed = {name for name in AppConfig.model_fields if getattr(app, name) != getattr(AppConfig(), name)}
    assert changed == {"celery_app", "settings_module", "wsgi", "health_path"}


def test_its_versions_are_the_shops():
    shop = dict(PIN.findall((SHOP / "requirements.txt").read_text()))
    ours = dict(PIN.findall((MINIMAL / "requirements.txt").read_text()))
    assert ours.items() <= shop.items()
    assert shop.keys() - ours.keys() == {"django-environ", "django-redis"}


@pytest.fixture
def environment(surroundings):
    variables, _, _ = surroundings
    return {
        **variables,
        "DJANGO_SETTINGS_MODULE": "minimal.settings",
        "DJANGO_ALLOWED_HOSTS": "*",
        "DJANGO_CSRF_TRUSTED_ORIGINS": "",
        "STAGECOACH_CELERY_APP": "minimal",
    }


@pytest.mark.postgres
@pytest.mark.redis
class TestPods:
    def test_models_and_migrations_agree(self, environment):
        run_manage(MINIMAL, environment, "makemigrations", "--check", "--dry-run")

    def test_a_visit_is_seen_by_the_worker(self, surroundings, environment):
        _, postgres, folder = surroundings
        run_manage(MINIMAL, environment, "migrate", "--noinput")
        with running_pods(MINIMAL, environment, folder) as (start, port, _):
            start("web", "gunicorn", "minimal.wsgi")
            wait(lambda: page(port, "/up") == "up\n", "web")
            start("worker", *worker_command(stage_plan(1).workers[0]))
            first = json.loads(page(port, "/"))
            assert (first["stored"], first["cached"]) == (1, 1)
            # Not by the page, whose every visit is a task: a worker with work waits a minute before it ends.
            wait(lambda: "succeeded in" in (folder / "worker.log").read_text(), "the worker")
            assert postgres.sql("select seen from minimal_visit", "app") == "t"


def page(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=patience(10)) as answer:
        return answer.read().decode()
