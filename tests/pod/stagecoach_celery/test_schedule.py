"""Interval schedules outlive beat's pod, whose file goes with it."""

import json
import signal
import time
from datetime import datetime, timedelta

import pytest

from tests.pod.stagecoach_celery.shop import Shop
from tests.waiting import patience, wait

pytestmark = pytest.mark.redis

APP = """
from datetime import timedelta
from celery.schedules import crontab
app.conf.beat_schedule = {
    "weekly": {"task": "a.cleanup", "schedule": timedelta(seconds=int(os.environ.get("EVERY", "600")))},
    "yearly": {"task": "a.yearly", "schedule": crontab(minute=0, hour=0, day_of_month=1, month_of_year=1)},
}
app.conf.timezone = "Europe/Berlin"
@app.task(name="a.cleanup")
def cleanup(): pass
@app.task(name="a.yearly")
def yearly(): pass
"""
RUNS = "stagecoach:beat-runs"


@pytest.fixture
def shop(tmp_path):
    made = Shop(tmp_path, APP)
    yield made
    made.end()


def deploy(shop, done, **more):
    """A new pod of beat, with an empty folder for its file; ends softly once `done` is true."""
    ready = shop.folder / "beat" / "beat"
    ready.unlink(missing_ok=True)
    for path in shop.folder.glob("schedule-file*"):
        path.unlink()
    shop.environment |= more
    beat = shop.celery("beat", "beat", "--loglevel=INFO", f"--schedule={shop.folder}/schedule-file", "--pidfile=")
    wait(ready.exists, lambda: shop.log("beat")[-3000:])
    time.sleep(1)  # its first tick, which sends what is due
    wait(done, lambda: shop.log("beat")[-3000:])
    beat.send_signal(signal.SIGTERM)
    beat.wait(timeout=patience(30))


def earlier(shop, seconds):
    """As if the last beat had been that long ago."""
    for name, text in shop.broker.hgetall(RUNS).items():
        at = datetime.fromisoformat(json.loads(text)) - timedelta(seconds=seconds)
        shop.broker.hset(RUNS, name, json.dumps(at.isoformat()))


class TestDeploys:
    def test_do_not_begin_an_interval_anew(self, shop):
        """Two deploys of 400 seconds each make one run of an interval of 600, and only one."""
        deploy(shop, lambda: shop.broker.hlen(RUNS) == 2)
        earlier(shop, 400)
        deploy(shop, lambda: True)
        assert shop.broker.llen("celery") == 0
        earlier(shop, 400)
        deploy(shop, lambda: shop.broker.llen("celery") == 1)
        deploy(shop, lambda: True)
        assert shop.broker.llen("celery") == 1
        assert shop.said("beat") == []

    def test_thousands_of_entries(self, shop):
        """Read and kept by a handful of commands: each is a write to the disk of a broker in the cluster."""
        many = "app.conf.beat_schedule = {f'e{n}': {'task': 'a.yearly', 'schedule': 9e6} for n in range(3000)}\n"
        with (shop.folder / "shopapp.py").open("a") as source:
            source.write(many)
        shop.broker.hset(RUNS, mapping={f"gone {number}": "1" for number in range(3000)})
        shop.broker.config_resetstat()
        deploy(shop, lambda: shop.broker.hlen(RUNS) == 3000)
        calls = shop.broker.info("commandstats")
        assert calls["cmdstat_hset"]["calls"] < 20
        assert calls["cmdstat_hdel"]["calls"] < 20

    def test_an_entry_that_left_the_schedule_is_forgotten(self, shop):
        """Or it would run at once when it comes back."""
        shop.broker.hset(RUNS, "gone", '"2020-01-01T00:00:00+00:00"')
        deploy(shop, lambda: set(shop.broker.hkeys(RUNS)) == {b"weekly", b"yearly"})

    @pytest.mark.parametrize("text", ["no JSON", '"2999-01-01T00:00:00+00:00"', '"2020-01-01T00:00:00"', "7"])
    def test_what_can_not_be_a_last_run(self, shop, text):
        """The interval begins now, as it did before."""
        shop.broker.hset(RUNS, "weekly", text)
        deploy(shop, lambda: shop.broker.hget(RUNS, "weekly") not in (None, text.encode()))
        assert shop.broker.llen("celery") == 0
