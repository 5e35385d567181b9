"""HorizontalPodAutoscalers under load: they add pods, all of them find room, and none adds more than its maximum."""

import os
import threading
import time
from contextlib import contextmanager

import pytest
import urllib3

from lab.nodes.simulated.api import ApiError
from lab.usage.customers import Customers
from tests.browser import Browser
from tests.plans import stage_plan
from tests.real.containers import containers
from tests.real.shop import Shop
from tests.waiting import PATIENCE, wait

pytestmark = pytest.mark.vps

STAGE = 2  # the first with room for more pods
# The autoscaler's own window of 60 s, then a pod every two minutes; metrics are up to a minute old.
FIRST_SECONDS, NEXT_SECONDS = 240, 300
HPAS = "/apis/autoscaling/v2/namespaces/app/horizontalpodautoscalers"
# Takes that share of one CPU, whatever else the machine does: a server has more CPUs than the machine under the lab.
BURNER = """
import sys, time
share, began = float(sys.argv[2]), time.monotonic()
while time.monotonic() - began < 900:
    if time.process_time() < share * (time.monotonic() - began):
        sum(range(2000))
    else:
        time.sleep(0.005)
"""
MARK = "the-tests-burner"


@pytest.fixture(scope="module")
def shop():
    made = Shop(f"test-autoscaler-{os.getpid()}")
    try:
        made.up(f"stage{STAGE}")
        wait(Browser(made.url).is_open, "the shop", PATIENCE)
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def plan():
    """Replicas of what is autoscaled, by name."""
    return {one.name: one.replicas for one in stage_plan(STAGE).workloads if one.replicas.autoscaled}


@contextmanager
def burning(shop, workload, name, share):
    """Every pod that runs now takes that share of a CPU."""
    for one in containers(shop, workload, name):
        command = ("exec", "-n", "app", one.pod, "-c", name, "--", "python", "-c", BURNER, MARK, str(share))
        threading.Thread(
            target=shop.kubectl, args=command, kwargs={"check": False, "timeout": 960}, daemon=True
        ).start()
    try:
        yield
    finally:
        shop.vps.run("pkill", "-f", MARK)


class Watch:
    """What an autoscaler asked for, look by look, and that every pod found room."""

    def __init__(self, shop, name):
        self.shop, self.name, self.seen, self.began = shop, name, [], time.monotonic()

    def reaches(self, count):
        """Whether it asks for so many, and they are ready."""
        try:
            status = self.shop.api.get(f"{HPAS}/{self.name}")["status"]
            deployment = self.shop.api.get(f"/apis/apps/v1/namespaces/app/deployments/{self.name}")
        except (ApiError, urllib3.exceptions.HTTPError):
            return False  # a busy server answers late
        self.seen.append(status.get("desiredReplicas", 0))
        assert why_not_running(self.shop) == {}
        return status.get("desiredReplicas") == count == deployment["status"].get("readyReplicas")

    def limited(self):
        """Whether it would ask for more if it were allowed to."""
        found = self.shop.api.get(f"{HPAS}/{self.name}")["status"]["conditions"]
        return any((one["type"], one["reason"]) == ("ScalingLimited", "TooManyReplicas") for one in found)

    def say(self, what):
        print(f"{self.name}: {what} after {time.monotonic() - self.began:.0f} s")


def why_not_running(shop):
    """Pods that found no room or were killed for their memory."""
    found = {}
    for pod in shop.pods():
        for one in pod["status"].get("containerStatuses", []):
            if "OOMKilled" in (one[key].get("terminated", {}).get("reason") for key in ("state", "lastState")):
                found[pod["metadata"]["name"]] = "OOMKilled"
        for one in pod["status"].get("conditions", []):
            if one["type"] == "PodScheduled" and one["status"] == "False":
                found[pod["metadata"]["name"]] = one.get("message", "Pending")
    return found


def test_the_web_gets_pods_up_to_its_maximum(shop, plan):
    """At one and a half of what its pods request; customers are served meanwhile and by the new pod."""
    replicas, watch = plan["django"], Watch(shop, "django")
    wait(lambda: watch.reaches(replicas.min), "the minimum", PATIENCE)
    with burning(shop, "django", "django", 0.3):
        wait(lambda: watch.reaches(replicas.max), "the maximum", FIRST_SECONDS)
        watch.say(f"{replicas.max} pods")
        wait(watch.limited, "the limit", FIRST_SECONDS)
        visits = Customers(shop.url, count=3, seconds=15).run()
    assert visits.errors == ()
    assert max(watch.seen) == replicas.max


def test_workers_get_pods_up_to_their_maximum(shop, plan):
    """One after the other, with the web at its maximum beside them: the plan says that all of it fits."""
    replicas, watch = plan["celery-worker"], Watch(shop, "celery-worker")
    assert (replicas.min, replicas.max) == (1, 3)
    wait(lambda: watch.reaches(1), "the minimum", PATIENCE)
    with burning(shop, "celery-worker", "worker", 0.55):
        wait(lambda: watch.reaches(2), "a pod more", FIRST_SECONDS)
        watch.say("2 pods")
    with burning(shop, "celery-worker", "worker", 0.55):
        wait(lambda: watch.reaches(3), "the maximum", NEXT_SECONDS)
        watch.say("3 pods")
    assert watch.seen == sorted(watch.seen), "one after the other"
    assert max(watch.seen) == 3
    assert Watch(shop, "django").reaches(plan["django"].max)


def test_pods_stay_for_an_hour(shop, plan):
    """The guide's "1+ hours": nobody waits for it here, but the server has taken it as the plan has it."""
    found = {one["metadata"]["name"]: one["spec"] for one in shop.api.items(HPAS)}
    assert {name: (one["minReplicas"], one["maxReplicas"]) for name, one in found.items()} == {
        name: (one.min, one.max) for name, one in plan.items()
    }
    assert {one["behavior"]["scaleDown"]["stabilizationWindowSeconds"] for one in found.values()} == {3600}
