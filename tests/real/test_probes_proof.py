"""Probes at their real length: minutes until a beat that hangs is found, and what goes on meanwhile."""

import threading
import time
from contextlib import contextmanager
from urllib.error import HTTPError

import pytest

from lab.usage.customers import Customers
from tests.browser import Browser
from tests.real.containers import SLACK, containers, failed_probes, restarts, send
from tests.waiting import PATIENCE, wait

pytestmark = pytest.mark.vps

# How long it hangs until what the probe looks at is too old.  Beat touches its file every five minutes: this one was
# about to when it hung.  A page is never old.
AGE_SECONDS = {"celery-worker": 4 * 60, "celery-beat": 7 * 60, "django": 0}
# Requests whose headers never end: each takes one of a web pod's four threads for good.
HALF_SENT = """
import socket, sys, time
held = []
for _ in range(12):
    one = socket.create_connection((sys.argv[1], 8000))
    one.sendall(b"GET / HTTP/1.1\\r\\nHost: ")
    held.append(one)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def browser(shop):
    made = Browser(shop.url)
    wait(lambda: made.status("/") == 200, "the shop", PATIENCE)
    return made


@contextmanager
def stopped(vps, container, *, oldest=True):
    """Hangs meanwhile."""
    assert send(vps, "STOP", container, oldest=oldest) >= 1
    try:
        yield
    finally:
        send(vps, "CONT", container, oldest=oldest)


def placed(browser, email):
    """Whether an order went through."""
    try:
        return browser.order(email=email)
    except HTTPError:
        return ""


def test_what_hangs_is_restarted(shop, browser):
    """Worker and beat with all of their processes, a web pod with all of its threads: each within its bounds."""
    vps = shop.vps
    [worker], [beat] = containers(shop, "celery-worker", "worker"), containers(shop, "celery-beat", "beat")
    web = containers(shop, "django", "django")[0]
    assert send(vps, "STOP", worker) >= 1
    assert send(vps, "STOP", beat) >= 1
    touch = ("touch", "-d", "5 minutes ago", "/run/stagecoach/beat")
    shop.kubectl("exec", "-n", "app", beat.pod, "-c", "beat", "--", *touch)
    hold = ("python3", "-c", HALF_SENT, web.address, str(web.restart_seconds[1]))
    threading.Thread(target=vps.run, args=hold, daemon=True).start()
    began, hung = time.monotonic(), {"celery-worker": worker, "celery-beat": beat, "django": web}
    found, pages = {}, []

    def all_again():
        now = time.monotonic() - began
        for workload, one in hung.items():
            again = [new for new in containers(shop, workload, one.name) if new.pod == one.pod]
            if workload not in found and any(new.restarts > one.restarts for new in again):
                found[workload] = now
        if now > 60 and "django" not in found:  # its readiness has failed three times
            pages.append(browser.status("/"))
        return len(found) == len(hung)

    wait(all_again, "new starts", AGE_SECONDS["celery-beat"] + beat.restart_seconds[1])
    for workload, one in hung.items():
        shortest, longest = (AGE_SECONDS[workload] + seconds for seconds in one.restart_seconds)
        print(f"{workload}: again after {found[workload]:.0f} s of {shortest} to {longest}")
        assert shortest <= found[workload] <= longest
    assert len(pages) > 20
    assert set(pages) == {200}, "customers are served by the other web pod"


def test_tasks_without_end_are_not_a_hanging_worker(shop, browser):
    """Both of its processes are taken for longer than the probe waits; the worker itself lives, and its tasks end."""
    [worker] = containers(shop, "celery-worker", "worker")
    failed, before = failed_probes(shop, "Liveness"), restarts(shop)
    with stopped(shop.vps, worker, oldest=False):
        browser.order(email="patience@example.com")
        until = time.monotonic() + AGE_SECONDS["celery-worker"] + 2 * worker.liveness["periodSeconds"] + SLACK
        wait(lambda: time.monotonic() > until, "the probe's time", 600)
        assert not shop.mails("patience@example.com")
    assert wait(lambda: shop.mails("patience@example.com"), "the mail", PATIENCE)
    assert failed_probes(shop, "Liveness")[worker.pod, "worker"] == failed[worker.pod, "worker"]
    assert restarts(shop) == before


def test_a_postgres_that_hangs_is_left_alone(shop, browser):
    """It is not ready, which alerts say, and it is not killed: a database under load would look the same."""
    [postgres] = containers(shop, "postgres", "postgres")
    before = restarts(shop)
    assert postgres.liveness == {}
    with stopped(shop.vps, postgres):
        told = ("get", "pod", "-n", "app", postgres.pod, "-o", "jsonpath={.status.containerStatuses[*].ready}")
        wait(lambda: "false" in shop.kubectl(*told), "not ready", 90)
    wait(lambda: "false" not in shop.kubectl(*told), "ready", 90)
    # Ready is a second earlier than the Service's rules on the node.
    wait(lambda: placed(browser, "after-postgres@example.com"), "an order", 30)
    assert wait(lambda: shop.mails("after-postgres@example.com"), "the mail", PATIENCE)
    assert restarts(shop) == before


def test_a_cache_that_hangs_takes_no_web_pod_with_it(shop, browser):
    """Every thread waits for it, so the web's probes fail, too: but the cache's end comes first."""
    [cache] = containers(shop, "redis-cache", "redis")
    web = {one.pod: one.restarts for one in containers(shop, "django", "django")}
    assert send(shop.vps, "STOP", cache) >= 1
    visits = Customers(shop.url, count=12, seconds=cache.restart_seconds[1], pause=0.5).run()
    print(f"{visits.pages} pages, {len(visits.errors)} errors")
    [again] = containers(shop, "redis-cache", "redis")
    assert again.restarts == cache.restarts + 1
    assert {one.pod: one.restarts for one in containers(shop, "django", "django")} == web
    wait(lambda: browser.status("/") == 200, "the shop", PATIENCE)
