"""Countdowns, time limits and pools that escape the plan: what the mounted module says of them."""

import pytest

from tests.pod.stagecoach_celery.shop import Shop
from tests.waiting import wait

pytestmark = pytest.mark.redis

APP = """
app.conf.worker_pool = os.environ.get("APP_POOL", "prefork")

@app.task(name="a.mail")
def mail(): notes.incr("mail")
@app.task(name="a.long", time_limit=7200)
def long(): pass
@app.task(name="a.longer", time_limit=700)
def longer(): pass
@app.task(name="a.early", time_limit=7200, acks_late=False)
def early(): pass
@app.task(name="a.sends")
def sends(): mail.apply_async(countdown=5000, ignore_result=True)
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    made = []

    def start(pool="prefork"):
        monkeypatch.setenv("APP_POOL", pool)
        made.append(Shop(tmp_path, APP))
        made[0].worker()
        return made[0]

    yield start
    made[0].end()


def about(shop, name):
    return [line for line in shop.said("worker") if name in line]


class TestTasks:
    def test_each_is_named_once(self, shop):
        """At the start, when the worker receives it, and when one of its tasks sends it."""
        shop = shop()
        (long,) = about(shop, "a.long ")
        assert "7200 s, where the plan has 600 s" in long
        assert "stagecoach:overrides.visibility_timeout above 7300" in long
        for name in ("a.longer", "a.early"):
            (line,) = about(shop, name)
            assert "a second worker" not in line
        assert not about(shop, "a.mail")
        shop.send("for at in (3400, 3600, 9000): tasks['a.mail'].apply_async(countdown=at)")
        wait(lambda: about(shop, "a.mail"), "the countdown")
        assert "beyond the visibility timeout of 3600 s: it will run more than once" in about(shop, "a.mail")[0]
        shop.send("tasks['a.sends'].apply_async(time_limit=900).get()")
        wait(lambda: len(about(shop, "a.mail")) == 2, "the sender's own word")
        assert "900 s, where the plan has 600 s" in about(shop, "a.sends")[0]
        assert "docs/how-to/long-delays.md" in about(shop, "a.mail")[1]
        assert not shop.notes.exists("mail")


@pytest.mark.parametrize("pool", ["threads", "solo"])
def test_a_pool_without_limits(shop, pool):
    """Neither ends a task: the plan's limits are words."""
    shop = shop(pool)
    assert [line for line in about(shop, "worker_pool is") if "no time limit" in line and "600 s" in line]
