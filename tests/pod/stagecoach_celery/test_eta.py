"""Tasks with an ETA: how many a worker takes, what it does at the limit and after it, and what the exporter shows."""

import importlib.util
import time

import pytest
from celery.worker.request import Request
from kombu.asynchronous.timer import Timer
from kombu.common import QoS

from infra.components.app_environment import render_settings
from pod import FOLDER
from tests.pod.stagecoach_celery.shop import WORKER, Shop
from tests.waiting import patience, wait

pytestmark = pytest.mark.redis

LIMIT = 20
HELD = LIMIT + WORKER.concurrency  # unacknowledged at most: one for each process besides
APP = """
@app.task(name="a.note")
def note(): notes.incr("noted")
@app.task(name="a.work")
def work(seconds): time.sleep(seconds)
@app.task(name="a.meet")
def meet(key):
    \"\"\"Ends well when another one runs at the same time.\"\"\"
    notes.incr(key)
    for _ in range(100):
        if int(notes.get(key)) == 2:
            return "met"
        time.sleep(0.1)
    return "alone"
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A worker of two processes that takes twenty ETA tasks, and the exporter."""
    made = Shop(tmp_path_factory.mktemp("eta"), APP, worker_eta_task_limit=LIMIT)
    try:
        made.worker()
        made.exporter()
        yield made
    finally:
        made.end()


def send(shop, count, seconds):
    """So many tasks that are due after the same time."""
    shop.send(f"for _ in range({count}): tasks['a.note'].apply_async(countdown={seconds}, ignore_result=True)")


def noted(shop):
    return int(shop.notes.get("noted") or 0)


def both_processes_work(shop, key):
    both = f"[tasks['a.meet'].delay('{key}') for _ in '12']"
    made = shop.send(f"print([one.get(timeout={patience(60)}) for one in {both}])")
    return made.strip() == "['met', 'met']"


def taken(shop):
    return shop.broker.hlen("unacked"), shop.broker.llen("celery")


def all_run(shop, count):
    """Sends tasks that are due soon, more than the worker may hold; waits for the end of all."""
    before = noted(shop)
    send(shop, count, patience(4))
    wait(lambda: noted(shop) == before + count, lambda: f"noted: {noted(shop) - before}", seconds=60)
    wait(lambda: taken(shop) == (0, 0), lambda: f"taken and queued: {taken(shop)}")


def shown(shop, *names):
    made = shop.metrics()
    return tuple(made[name, "celery"] for name in names)


class TestAfterTheLimit:
    def test_every_process_works(self, shop):
        """With kombu's own count one task runs at a time from now on."""
        all_run(shop, 3 * LIMIT)
        assert both_processes_work(shop, "after")

    def test_also_after_a_lost_connection(self, shop):
        """Each connection begins with a count of its own."""
        shop.broker.client_kill_filter(_type="normal", skipme=True)
        wait(lambda: both_processes_work(shop, f"lost-{time.monotonic()}"), "both processes", seconds=60)
        all_run(shop, 3 * LIMIT)
        assert both_processes_work(shop, "again")


def test_tasks_that_are_due_and_wait_are_shown(shop):
    """The broker's queue is empty: the worker has taken them."""
    shop.send(f"for _ in range(6): tasks['a.work'].apply_async(({patience(5)},), countdown=1)")
    state = ("celery_queue_length", "celery_queue_scheduled", "celery_queue_prefetched")
    wait(lambda: shown(shop, *state) == (0, 0, 6 - WORKER.concurrency), lambda: f"{shown(shop, *state)}")
    wait(lambda: taken(shop) == (0, 0), lambda: f"taken and queued: {taken(shop)}")


def test_the_limit(shop):
    """Not due before the end of this module: the rest stays in the queue, where its length shows it."""
    send(shop, 3 * LIMIT, 3000)
    wait(lambda: taken(shop) == (HELD, 3 * LIMIT - HELD), lambda: f"taken and queued: {taken(shop)}")
    wait(lambda: shown(shop, "celery_queue_scheduled") == (HELD,), lambda: f"{shown(shop, 'celery_queue_scheduled')}")
    made = shop.metrics()
    (name,) = [key for key in made if key[0] == "celery_worker_tasks_scheduled"]
    assert made[name] == HELD
    assert made["celery_worker_eta_task_limit", name[1]] == LIMIT
    assert shown(shop, "celery_queue_length", "celery_queue_prefetched") == (3 * LIMIT - HELD, 0)


def test_a_celery_that_keeps_no_set_of_them():
    """Older releases: they are found in the worker's timer."""
    spec = importlib.util.spec_from_file_location("held", FOLDER / "stagecoach_celery" / "stagecoach_held.py")
    held = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(held)
    request, timer = Request.__new__(Request), Timer()
    timer.call_at(time.time() + 60, print, (request,))
    timer.call_at(time.time() + 60, print, (Request.__new__(Request),)).cancel()
    timer.call_repeatedly(60, print)
    assert held._of_timer(timer) == [request]


def test_kombus_own_count_does_not_add_up():
    """Why the worker has another one: once more tasks than the limit were held and are done, one process works."""
    own = QoS(lambda **_: None, 2, max_prefetch=LIMIT)
    for _ in range(2 * LIMIT):
        own.increment_eventually()
    for _ in range(2 * LIMIT):
        own.decrement_eventually()
    assert own.value == 1


def test_the_plan_bounds_it():
    """Without a setting of the app's own."""
    assert render_settings(WORKER)["worker_eta_task_limit"] == WORKER.eta_task_limit == 2000
