"""Another app under the same stack, and images that can't run: what the update says, and the way back."""

import json
import re

import pytest

from tests.real.images import SHOP, changed_shop
from tests.waiting import wait

pytestmark = [pytest.mark.vps, pytest.mark.proof]

OPEN_SECONDS = 240
BROKEN = """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [migrations.RunSQL("select from nowhere")]
"""


def refusal(shop):
    """What an update says that must fail; one line."""
    done = shop.update()
    assert done.returncode != 0
    return " ".join((done.stdout + done.stderr).split())


def started(shop):
    """Which containers of the app run, and since when."""
    return {
        (pod["metadata"]["name"], one["name"]): one["state"].get("running", {}).get("startedAt")
        for pod in shop.pods()
        if pod["metadata"]["namespace"] == "app"
        and pod["metadata"]["labels"].get("app.kubernetes.io/name") != "django-migrate"
        for one in pod["status"].get("containerStatuses", [])
    }


def test_an_image_that_does_not_exist(shop, browser):
    """The update says which pod can't have which image; customers notice nothing, and the next update mends it."""
    shop.configure(image="ghcr.io/example/shop:9.9.9")
    said = refusal(shop)
    assert re.search(r"pod django-migrate-\S+: (ErrImagePull|ImagePullBackOff): .*example/shop:9\.9\.9", said)
    assert browser.status("/healthz") == 200
    shop.configure(image=SHOP)
    done = shop.update()
    assert done.returncode == 0, done.stdout[-4000:]
    assert browser.status("/healthz") == 200


def test_a_migration_that_fails(shop, browser, tmp_path):
    """Before anything of the app is changed; the old version goes on, and the way back is the old image."""
    shop.configure(
        image=changed_shop("lab/broken-migration:1", tmp_path, {"apps/orders/migrations/0009_broken.py": BROKEN})
    )
    before = started(shop)
    for _ in range(2):  # again: it is tried again, not only remembered
        said = refusal(shop)
        assert "Job has reached the specified backoff limit" in said
        assert "container migrate ended with exit code 1" in said
        assert 'relation "nowhere" does not exist' in said
    assert browser.status("/") == 200
    assert started(shop) == before
    shop.configure(image=SHOP)
    done = shop.update()
    assert done.returncode == 0, done.stdout[-4000:]
    assert started(shop) == before


@pytest.fixture
def other(lent, shop):
    """The shop, which is no shop afterwards."""
    yield shop
    lent.close()


def test_a_project_that_knows_nothing_of_the_plan(other, browser):
    """By the contract's variables alone: page, database, cache, worker."""
    app = {"celery_app": "minimal", "settings_module": "minimal.settings", "wsgi": "minimal.wsgi", "health_path": "/up"}
    other.configure(image="lab.stagecoach.dev/lab/minimal:1", app=app)
    done = other.update()
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    wait(lambda: browser.status("/up") == 200, "the app", OPEN_SECONDS)
    first = json.loads(browser.get("/"))
    assert first["stored"] == 1
    wait(lambda: json.loads(browser.get("/"))["seen"] >= 1, "the worker", OPEN_SECONDS)
