"""Probes restart what hangs, within their bounds, and leave alone what is busy."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from lab.usage.customers import Customers
from lab.usage.sampler import Sampler
from tests.browser import Browser
from tests.real.containers import containers, failed_probes, restarts, send
from tests.waiting import PATIENCE, wait

pytestmark = pytest.mark.vps

# What a probe looks at is as old as it is when the process has hung for a while: nobody waits for that here, but in
# tests/real/test_probes_proof.py. The probe's own failures, the end and the new start take their time.
AGED = {
    ("celery-worker", "worker"): ("touch", "-d", "5 minutes ago", "/run/stagecoach/heartbeat"),
    ("celery-beat", "beat"): ("touch", "-d", "13 minutes ago", "/run/stagecoach/beat"),
    ("redis-cache", "redis"): (),  # it is asked and does not answer
}
BURNERS, BUSY_SECONDS = 4, 30


@pytest.fixture(scope="module")
def before(shop):
    """Restarts of every container of the app so far."""
    browser = Browser(shop.url)
    wait(lambda: browser.status("/") == 200, "the shop", PATIENCE)
    return restarts(shop)


@pytest.fixture(scope="module")
def again(shop, before):
    """Each hangs with all of its processes, all three at once: seconds until it runs again, and the container.

    So does a gunicorn's process, whose own parent is to see to it.
    """
    vps, hung = shop.vps, {}
    assert send(vps, "STOP", containers(shop, "django", "django")[0], oldest=False) == 1
    for (workload, name), command in AGED.items():
        [one] = containers(shop, workload, name)
        assert send(vps, "STOP", one) >= 1
        if command:
            shop.kubectl("exec", "-n", "app", one.pod, "-c", name, "--", *command)
        hung[workload] = one, time.monotonic()
    found = {}

    def all_again():
        for workload, (one, began) in hung.items():
            for now in containers(shop, workload, one.name):
                if now.restarts > one.restarts and workload not in found:
                    found[workload] = time.monotonic() - began
        return len(found) == len(hung)

    longest = max(one.restart_seconds[1] for one, _ in hung.values())
    try:
        wait(all_again, f"new starts of {sorted(hung)}", longest)
    except AssertionError as error:
        print(error)  # which of them, say the tests
    return {workload: (found.get(workload), one) for workload, (one, _) in hung.items()}


class TestHanging:
    @pytest.mark.parametrize("workload", [workload for workload, _ in AGED])
    def test_is_restarted_within_its_probes_bounds(self, again, workload):
        """Not at the first sign, and not later than the probe's failures and the pod's grace allow."""
        seconds, one = again[workload]
        assert seconds is not None, "it still hangs"
        shortest, longest = one.restart_seconds
        print(f"{workload}: again after {seconds:.0f} s of {shortest} to {longest}")
        assert shortest <= seconds <= longest

    def test_nothing_else_was(self, shop, before, again):
        """A worker, a scheduler and a cache that hang take neither the web pods nor the data with them."""
        assert len(again) == 3
        others = {key: count for key, count in restarts(shop).items() if not key[0].startswith(tuple(again))}
        assert others == {key: count for key, count in before.items() if key in others}

    def test_the_shop_is_whole_again(self, shop, again):
        """The next order is cached, queued and mailed."""
        browser = Browser(shop.url)
        wait(lambda: browser.status("/") == 200, "the shop", PATIENCE)
        browser.order(email="after-the-hang@example.com")
        wait(lambda: shop.mails("after-the-hang@example.com"), "the mail", PATIENCE)

    def test_gunicorn_replaces_its_process(self, shop, before, again):
        """One that hangs alone is gunicorn's: another one serves by now, in the same pod."""
        assert again
        one = containers(shop, "django", "django")[0]
        assert "WORKER TIMEOUT" in shop.kubectl("logs", "-n", "app", one.pod, "-c", "django")
        address = f"http://{one.address}:8000/healthz"
        assert shop.vps.run("curl", "-fsS", "-m", "5", address).stdout == "ok\n"
        assert one.restarts == before[one.pod, one.name]


@pytest.mark.usefixtures("browser")
def test_what_is_busy_goes_on(shop):
    """The worker at its CPU limit with a queue, all threads of all web processes taken: nothing is restarted."""
    [worker] = containers(shop, "celery-worker", "worker")
    [node] = [one["metadata"]["name"] for one in shop.api.items("/api/v1/nodes")]
    failed, before = failed_probes(shop, "Liveness"), restarts(shop)
    burn = f"for n in $(seq {BURNERS}); do timeout {BUSY_SECONDS} sh -c 'while :; do :; done' & done; wait"
    command = ("exec", "-n", "app", worker.pod, "-c", "worker", "--", "sh", "-c", burn)
    with Sampler(shop.api, [node]) as sampler, ThreadPoolExecutor(2) as pool:
        burning = pool.submit(shop.kubectl, *command, check=False)
        loading = pool.submit(shop.loadtest, "--count", "120")
        # 8 threads for 24 customers who do not think between two pages.
        visits = Customers(shop.url, count=24, seconds=BUSY_SECONDS, pause=0).run()
        burning.result()
        made = loading.result()
    most = sampler.samples.used["app", worker.pod, "worker"].cpu_max
    print(
        f"worker {most:.0f}m, {made['tasks_per_second']} tasks/s, {visits.rate:.0f} pages/s, p95 {visits.p95:.2f} s, "
        f"liveness failed {failed_probes(shop, 'Liveness') - failed}"
    )
    assert most > 400, "the worker was at its limit"
    assert (made["done"], made["failed"], visits.errors) == (120, 0, ())
    assert failed_probes(shop, "Liveness")[worker.pod, "worker"] == failed[worker.pod, "worker"]
    assert {key: count for key, count in restarts(shop).items() if key in before and count != before[key]} == {}
