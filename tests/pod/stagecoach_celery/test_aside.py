"""A task that kills its process: it is counted, put aside, named, and can be sent again."""

import json
import signal
import sys

import pytest

from tests.pod.stagecoach_celery.shop import Shop
from tests.waiting import patience, wait

pytestmark = pytest.mark.redis

APP = """
@app.task(name="a.poison")
def poison():
    notes.incr("runs")
    if not notes.get("cured"):
        os.kill(os.getpid(), signal.SIGKILL)
@app.task(name="a.slow")
def slow(): notes.incr("slow"); time.sleep(3600)
@app.task(name="a.ok")
def ok(): return 1
"""


@pytest.fixture
def shop(tmp_path):
    made = Shop(tmp_path, APP, worker_soft_shutdown_timeout=1.0)
    yield made
    made.end()


def aside(shop, *arguments):
    return shop.start("aside", *arguments_of(arguments)).wait(timeout=patience(30))


def arguments_of(arguments):
    return sys.executable, "stagecoach_aside.py", *arguments


class TestPoison:
    def test_is_put_aside_and_comes_back(self, shop):
        """Five runs, then the worker goes on with the others; the way back is the page's."""
        shop.worker()
        shop.exporter()
        shop.send("tasks['a.poison'].apply_async(task_id='poison-1')")
        key = ("celery_tasks_put_aside", "a.poison")
        wait(lambda: shop.metrics().get(key) == 1, lambda: shop.log("worker")[-3000:])
        assert int(shop.notes.get("runs")) == 5
        assert shop.send("print(tasks['a.ok'].delay().get())").strip() == "1"
        assert ("celery_tasks_run_again", "a.poison") not in shop.metrics()
        assert shop.broker.hlen("unacked") == 0
        (said,) = [line for line in shop.said("worker") if "a.poison" in line]
        assert "[poison-1] did not end 5 times" in said
        assert aside(shop) == 0
        assert "poison-1" in shop.log("aside")
        assert aside(shop, "return", "another") == 2
        shop.notes.set("cured", 1)
        assert aside(shop, "return", "poison-1") == 0
        wait(lambda: int(shop.notes.get("runs")) == 6, lambda: shop.log("worker")[-3000:])
        assert key not in shop.metrics()
        assert not shop.broker.exists("stagecoach:runs")

    def test_is_shown_before_that(self, shop):
        """A pod that the kernel ends as a whole gives its tasks back an hour later: nobody waits for five of these."""
        shop.exporter()
        shop.broker.hset("stagecoach:runs", "one", '{"name": "a.heavy", "runs": 3, "at": 99999999999}')
        shop.broker.hset("stagecoach:runs", "old", '{"name": "a.heavy", "runs": 3, "at": 1}')
        assert shop.metrics()["celery_tasks_run_again", "a.heavy"] == 1
        assert shop.broker.hkeys("stagecoach:runs") == [b"one"]

    def test_a_scrape_reads_no_message(self, shop):
        """A bad release puts ten thousand aside within minutes; the page's commands take all of one task at once."""
        shop.exporter()
        message = json.dumps({"name": "a.heavy", "message": "x" * 1_000_000, "at": 1})
        for number in range(20):
            shop.broker.hset("stagecoach:aside", f"id-{number}", message)
            shop.broker.hset("stagecoach:aside-names", f"id-{number}", "a.heavy")
        before = shop.broker.info("stats")["total_net_output_bytes"]
        assert shop.metrics()["celery_tasks_put_aside", "a.heavy"] == 20
        assert shop.broker.info("stats")["total_net_output_bytes"] - before < 1_000_000
        assert aside(shop, "drop", "a.heavy") == 0
        assert ("celery_tasks_put_aside", "a.heavy") not in shop.metrics()


@pytest.mark.parametrize("end", ["os._exit(0)", "os.kill(os.getpid(), signal.SIGSEGV)", "os.abort()"])
def test_whatever_ends_the_process(tmp_path, end):
    """With success, by a library's fault, by its own hand."""
    app = APP.replace("os.kill(os.getpid(), signal.SIGKILL)", end)
    shop = Shop(tmp_path, app, worker_soft_shutdown_timeout=1.0)
    try:
        shop.worker()
        shop.send("tasks['a.poison'].apply_async(task_id='poison-1')")
        wait(lambda: shop.broker.hlen("stagecoach:aside") == 1, lambda: shop.log("worker")[-3000:])
        assert int(shop.notes.get("runs")) == 5
        assert shop.send("print(tasks['a.ok'].delay().get())").strip() == "1"
    finally:
        shop.end()


class TestDeploys:
    def test_say_nothing_against_a_task(self, shop):
        """A run that a rollout interrupts is none that did not end."""
        shop.send("tasks['a.slow'].delay()")
        for run in range(1, 4):
            worker = shop.worker()
            wait(lambda run=run: int(shop.notes.get("slow") or 0) == run, "a run")
            worker.send_signal(signal.SIGTERM)
            worker.wait(timeout=patience(30))
        wait(lambda: not shop.broker.exists("stagecoach:runs"), "no count")
        assert shop.broker.llen("celery") == 1
