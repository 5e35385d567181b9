"""From the first stage to the last in one step and back, on real servers: the longest moves that there are."""

import os

import pytest

from tests.browser import Browser
from tests.plans import stage_plan
from tests.real.shop import Shop
from tests.waiting import PATIENCE, wait

pytestmark = pytest.mark.vps

APP = "/api/v1/namespaces/app"


@pytest.fixture(scope="module")
def shop():
    """A shop of stage 1 with one order."""
    made = Shop(f"test-one-step-{os.getpid()}")
    made.up("stage1")
    order(made, 1)
    yield made
    made.close()


def order(shop, number):
    """A customer's; the mail comes, and the orders of before are there."""
    browser = Browser(shop.url)
    wait(browser.is_open, "the shop", PATIENCE)
    browser.order(email=f"{number}@example.com")
    assert wait(lambda: shop.mails(f"{number}@example.com"), "the mail", PATIENCE)
    assert int(shop.sql("select count(*) from orders_order")) == number


def claims(shop):
    return {one["metadata"]["name"]: one["metadata"]["uid"] for one in shop.api.items(f"{APP}/persistentvolumeclaims")}


def forbidden(shop):
    return [
        one["message"]
        for one in shop.api.items(f"{APP}/events")
        if one["reason"] == "FailedCreate" and "forbidden" in one["message"]
    ]


def odd(shop, stage):
    """Deployments with another number of ready pods than the plan has, and pods that wait.

    Not pods that the restarted kubelet of a smaller server has refused (OutOfmemory, OutOfcpu): their controllers have
    replaced them, what is left is their record.
    """
    scaled = {one.name: one.replicas for one in stage_plan(stage).workloads if one.kind == "Deployment"}
    found = []
    for one in shop.api.items("/apis/apps/v1/namespaces/app/deployments"):
        name, ready = one["metadata"]["name"], one["status"].get("readyReplicas", 0)
        if not (scaled[name].min <= ready <= scaled[name].max and ready == one["spec"]["replicas"]):
            found.append(f"{name}: {ready} of {one['spec']['replicas']} ready")
    phases = {pod["metadata"]["name"]: pod["status"] for pod in shop.pods()}
    return found + [
        f"{name}: {status['phase']}"
        for name, status in phases.items()
        if status["phase"] not in ("Running", "Succeeded") and not status.get("reason", "").startswith("OutOf")
    ]


@pytest.mark.parametrize(("stage", "number"), [(5, 2), (1, 3)])
def test_in_one_step(shop, stage, number):
    """It ends, nothing was forbidden, every pod is ready, the data is the same, and nothing is left to do."""
    before = claims(shop)
    shop.up(f"stage{stage}")
    order(shop, number)
    assert forbidden(shop) == []
    assert {name: claims(shop).get(name) for name in before} == before
    wait(lambda: not odd(shop, stage), lambda: f"every pod is ready, but {odd(shop, stage)}", PATIENCE)
    again = shop.make("pulumi", "--", "preview", "--expect-no-changes")
    assert again.returncode == 0, again.stdout[-3000:] + again.stderr[-2000:]
