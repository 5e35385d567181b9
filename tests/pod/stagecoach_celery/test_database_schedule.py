"""django-celery-beat's schedule with the mounted module: its scheduler on SQLite, started as often as a shop deploys.

tests/examples/test_cookiecutter.py has whole pods of beat.
"""

import subprocess
import sys

import pytest

from pod import FOLDER
from tests.waiting import patience

HEAD = """
import sys
from datetime import timedelta
import django
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django_celery_beat"], USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}},
)
django.setup()
from celery import Celery
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler
from stagecoach_schedule import keep_last_runs
call_command("migrate", verbosity=0)
app = Celery("shop", broker="memory://")
app.conf.beat_schedule = {"weekly": {"task": "a", "schedule": timedelta(days=7)}}
app.conf.result_expires = None
sent = []

class Own(DatabaseScheduler):
    def send_task(self, *args, **kwargs):
        sent.append(kwargs["headers"]["periodic_task_name"])

def keep(scheduler):
    keep_last_runs(scheduler, lambda: None)
    while not scheduler.tick():
        pass

def deploy():
    keep(Own(app=app))

def earlier(days):
    past = {name: F(name) - timedelta(days=days) for name in ("last_run_at", "date_changed")}
    PeriodicTask.objects.update(**past)

def add(name, days=0, **more):
    week = IntervalSchedule.objects.get_or_create(every=7, period="days")[0]
    PeriodicTask.objects.create(name=name, task="a", interval=week, **more)
    PeriodicTask.objects.filter(name=name).update(date_changed=timezone.now() - timedelta(days=days))
"""


@pytest.fixture
def beat(tmp_path):
    """Runs code after the head; what it prints, and what it says."""

    def run(code):
        environment = {"PYTHONPATH": str(FOLDER / "stagecoach_celery"), "PATH": ""}
        command = [sys.executable, "-c", HEAD + code, str(tmp_path / "rows.sqlite3")]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=patience(60), check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split(), done.stderr

    return run


def test_a_weekly_task_of_the_settings_runs_although_every_deploy_is_sooner(beat):
    """Each start of beat changes the row of such an entry."""
    code = "deploy(); earlier(4); deploy(); print(len(sent)); earlier(4); deploy(); deploy(); print(*sent)"
    assert beat(code)[0] == ["0", "weekly"]


def test_a_beat_that_is_killed_repeats_nothing(beat):
    """django-celery-beat writes down the first run at once, and the next one three minutes later."""
    code = "add('own', 8); add('other', 8); deploy(); print(len(sent)); deploy(); print(len(sent))"
    assert beat(code)[0] == ["2", "2"]


def test_one_that_waited_for_the_lock_sees_what_the_other_one_did(beat):
    """With entries of the admin alone: those of the settings change rows, after which all are read again."""
    code = """
app.conf.beat_schedule = {}
add("own", 8)
waits = Own(app=app)
PeriodicTask.objects.update(last_run_at=timezone.now())
keep(waits)
print(len(sent))
"""
    assert beat(code)[0] == ["0"]


def test_an_entry_with_a_start_time_runs_at_that_time(beat):
    """It counts from thirty years before, which must not be written down as a run."""
    code = """
add("soon", start_time=timezone.now() + timedelta(days=1))
deploy()
print(PeriodicTask.objects.get(name="soon").last_run_at)
PeriodicTask.objects.filter(name="soon").update(start_time=timezone.now() - timedelta(minutes=1))
deploy()
print(*sent)
"""
    assert beat(code)[0] == ["None", "soon"]


def test_a_scheduler_that_can_not_be_read_again_schedules_all_the_same(beat):
    code = """
add("due", 8)
scheduler = Own(app=app)
scheduler.Model = None
keep(scheduler)
print(*sent)
"""
    printed, said = beat(code)
    assert printed == ["due"]
    assert "stagecoach: the schedule could not be read again from the database (AttributeError" in said


def test_what_runs_is_counted_once(beat):
    code = "add('own', 8); deploy(); print(PeriodicTask.objects.get(name='own').total_run_count)"
    assert beat(code)[0] == ["1"]
