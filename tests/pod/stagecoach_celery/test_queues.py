"""Queues that nobody consumes: what the exporter shows of them, and what a worker says."""

import json

import pytest

from tests.pod.stagecoach_celery.shop import Shop
from tests.waiting import patience, wait

pytestmark = pytest.mark.redis

APP = """
app.conf.task_default_queue = "default"
app.conf.task_routes = {"a.report*": {"queue": "reports"}, "a.fast": "fast"}
app.conf.beat_schedule = {"nightly": {"task": "a.nightly", "schedule": 3600, "options": {"queue": "night"}}}

@app.task(name="a.order")
def order(): pass
@app.task(name="a.report_pdf")
def report(): pass
@app.task(name="a.own", queue="mine")
def own(): pass
@app.task(name="a.fast")
def fast(): pass
@app.task(name="a.nightly", queue="celery")
def nightly(): pass
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """An app whose default queue is not Celery's, with a worker and the exporter."""
    made = Shop(tmp_path_factory.mktemp("queues"), APP)
    try:
        made.worker()
        made.exporter()
        yield made
    finally:
        made.end()


def counts(shop):
    made = shop.metrics()
    return {key[1]: value for key, value in made.items() if key[0] == "celery_queue_length"}


class TestWorker:
    def test_says_which_queues_nobody_consumes(self, shop):
        """By default, route, the task's own word and beat's; nothing of those that the pool consumes."""
        wait(lambda: len(shop.said("worker")) >= 4, lambda: shop.log("worker")[-2000:])
        said = {line.split("'")[1]: line for line in shop.said("worker")}
        assert set(said) == {"default", "reports", "mine", "night"}
        assert "a.order will wait there for ever" in said["default"]
        assert "a.report_pdf will" in said["reports"]
        assert "a.nightly will" in said["night"]
        assert "Add it to stagecoach:overrides.pools.default.queues" in said["mine"]
        assert "or send to one of celery, fast, slow, backups" in said["mine"]


class TestExporter:
    def test_shows_a_queue_that_no_pool_has(self, shop):
        """With its length, its age and nobody who consumes it: what QueueNoConsumer looks for."""
        shop.send("for _ in range(3): tasks['a.order'].delay()")
        made = shop.metrics()
        assert made["celery_queue_length", "default"] == 3
        assert made["celery_active_worker_count", "default"] == 0
        wait(lambda: shop.metrics()["celery_queue_oldest_message_age_seconds", "default"] > 0, "an age")
        assert made["celery_queue_length", "celery"] == 0

    def test_shows_one_without_a_binding(self, shop):
        """The broker lost its keys but not the list, or a program that is not Celery's sent a task there."""
        message = {"body": "", "headers": {"task": "a.order", "id": "1"}, "properties": {"delivery_tag": "1"}}
        shop.broker.lpush("lost\x06\x163", json.dumps(message))
        assert counts(shop)["lost"] == 1
        shop.broker.delete("lost\x06\x163")
        assert "lost" not in counts(shop)

    def test_what_is_no_queue(self, shop):
        """Lists of the app's own, broadcasts, replies, and Celery's commands."""
        shop.broker.rpush("basket", "3", json.dumps({"headers": 1}))
        shop.broker.set("_kombu.binding.broken", "no set")
        try:
            shop.metrics()
        except OSError as error:
            pytest.fail(f"the page is gone: {error}")
        finally:
            shop.broker.delete("_kombu.binding.broken")
        shop.send(f"app.control.ping(timeout={patience(0.5)})")
        assert set(counts(shop)) <= {"celery", "fast", "slow", "backups", "default", "reports", "mine", "night"}
        shop.broker.delete("basket")

    def test_a_thousand_queues(self, shop):
        """One for each customer: the longest are shown, the number of the others is."""
        for number in range(1000):
            shop.broker.sadd(f"_kombu.binding.c{number}", f"c{number}\x06\x16\x06\x16c{number}")
        shop.broker.lpush("c777", "{}")
        made = counts(shop)
        assert made["c777"] == 1
        assert len(made) == 4 + 100
        assert shop.metrics()["celery_queues_left_out",] >= 900
        shop.broker.delete(*[f"_kombu.binding.c{number}" for number in range(1000)], "c777")
        assert "c777" not in counts(shop)

    def test_a_worker_that_the_plan_does_not_know(self, shop):
        """Somebody's own Deployment: its queue is consumed, and no alert is due."""
        name = "--hostname=mine@here"
        worker = shop.celery("other", "worker", "--concurrency=1", "--queues=elsewhere", name)
        shop.send("tasks['a.order'].apply_async(queue='elsewhere', countdown=600)")
        wait(lambda: shop.metrics().get(("celery_active_worker_count", "elsewhere")) == 1, "its consumer", seconds=150)
        worker.kill()
