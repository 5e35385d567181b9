"""Another app under the same stack, and images that can't run: what the update says, and the way back."""

import json

import pytest

from lab.images import project_image
from tests.browser import Browser
from tests.real.shop import REPOSITORY
from tests.waiting import wait

pytestmark = [pytest.mark.vps, pytest.mark.proof]

SHOP = "ghcr.io/example/shop:1.0.0"
OPEN_SECONDS = 240


@pytest.fixture
def browser(shop):
    made = Browser(shop.url)
    wait(lambda: made.status("/healthz") == 200, "the shop", OPEN_SECONDS)
    return made


def test_an_image_that_does_not_exist(shop, browser):
    """The update says which pod can't have which image; customers notice nothing, and the next update mends it."""
    shop.configure(image="ghcr.io/example/shop:9.9.9")
    done = shop.update()
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "shop:9.9.9" in said
    assert "ImagePull" in said
    assert browser.status("/healthz") == 200
    shop.configure(image=SHOP)
    done = shop.update()
    assert done.returncode == 0, done.stdout[-4000:]
    assert browser.status("/healthz") == 200


def test_a_migration_that_fails(shop, browser, tmp_path):
    """Before anything of the app is changed; the old version goes on."""
    copy = tmp_path / "shop"
    copy.mkdir()
    for path in (REPOSITORY / "examples/shop").rglob("*"):
        if path.is_file() and "tests" not in path.parts and "__pycache__" not in path.parts:
            target = copy / path.relative_to(REPOSITORY / "examples/shop")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (copy / "apps/orders/migrations/0002_broken.py").write_text(
        "from django.db import migrations\n\n\n"
        "class Migration(migrations.Migration):\n"
        "    dependencies = [('orders', '0001_initial')]\n"
        "    operations = [migrations.RunSQL('select from nowhere at all')]\n"
    )
    project_image("lab/broken-migration:1", copy)
    shop.configure(image="lab.stagecoach.dev/lab/broken-migration:1")
    done = shop.update()
    assert done.returncode != 0
    assert "migrate" in done.stdout + done.stderr
    assert browser.status("/healthz") == 200
    shop.configure(image=SHOP)
    assert shop.update().returncode == 0


def test_a_project_that_knows_nothing_of_the_plan(shop, browser):
    """By the contract's variables alone: page, database, cache, worker."""
    app = {"celery_app": "minimal", "settings_module": "minimal.settings", "wsgi": "minimal.wsgi", "health_path": "/up"}
    shop.configure(image="lab.stagecoach.dev/lab/minimal:1", app=app)
    done = shop.update()
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    wait(lambda: browser.status("/up") == 200, "the app", OPEN_SECONDS)
    first = json.loads(browser.get("/"))
    assert first["stored"] == 1
    wait(lambda: json.loads(browser.get("/"))["seen"] >= 1, "the worker", OPEN_SECONDS)
