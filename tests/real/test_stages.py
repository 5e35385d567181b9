"""Every stage on real servers: one shop that grows from 1 to 5 and is open after each move.

On the two other clouds the last, which has all that differs there: volume, private network, agents.  The engine's tests
have every move on all three.
"""

import json
import os

import pytest

from tests.browser import Browser
from tests.plans import stage_plan
from tests.real.shop import Shop
from tests.waiting import PATIENCE, wait

pytestmark = pytest.mark.vps


MOVES = {"hetzner": (1, 2, 3, 4, 5), "digitalocean": (5,), "vultr": (5,)}


@pytest.fixture(scope="module")
def shops():
    """At most one: that of the provider whose turn it is."""
    made = {}
    yield made
    for one in made.values():
        one.close()


@pytest.fixture
def shop(shops, provider):
    """As the test before left it; for the provider's first test there is nothing yet."""
    for other in set(shops) - {provider}:
        shops.pop(other).close()
    return shops.setdefault(provider, Shop(f"test-stages-{provider}-{os.getpid()}", provider=provider))


@pytest.mark.parametrize(("provider", "stage"), [(provider, stage) for provider in MOVES for stage in MOVES[provider]])
def test_is_open_with_every_pod_running(shop, stage):
    """And knows the orders of the stages before."""
    shop.up(f"stage{stage}")
    browser = Browser(shop.url)
    wait(browser.is_open, "the shop", PATIENCE)
    browser.order(email=f"stage-{stage}@example.com")
    assert wait(lambda: shop.mails(f"stage-{stage}@example.com"), "the mail", PATIENCE)
    assert int(shop.sql("select count(*) from orders_order")) == MOVES[shop.provider].index(stage) + 1

    def waiting():
        phases = {pod["metadata"]["name"]: pod["status"]["phase"] for pod in shop.pods()}
        return {name: phase for name, phase in phases.items() if phase not in ("Running", "Succeeded")}

    wait(lambda: not waiting(), lambda: f"every pod runs, but {waiting()}", PATIENCE)
    nodes = {one["metadata"]["name"]: one["status"]["capacity"] for one in shop.api.items("/api/v1/nodes")}
    print(f"stage {stage}: {json.dumps({name: (one['cpu'], one['memory']) for name, one in nodes.items()})}")
    assert len(nodes) == sum(one.count for one in stage_plan(stage, shop.provider).nodes)
