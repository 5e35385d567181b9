"""Another app under the same stack, and images that can't run: what the update says, and the way back."""

import base64
import json
import re

import pytest

from lab.images.ensure import ensure_images
from lab.images.recipes import HOST
from lab.images.registry import PASSWORD, USERNAME
from tests.real.images import SHOP, changed_shop, private_shop
from tests.real.shop import REPOSITORY
from tests.waiting import PATIENCE, wait

pytestmark = pytest.mark.vps

MIGRATIONS = REPOSITORY / "examples" / "shop" / "apps" / "orders" / "migrations"
BROKEN = """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "{last}")]
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
    shop.configure(image="ghcr.io/example/shop:9.9.9", rollout_minutes=2)
    said = refusal(shop)
    assert re.search(r"pod django-migrate-\S+: (ErrImagePull|ImagePullBackOff): .*example/shop:9\.9\.9", said)
    assert browser.status("/healthz") == 200
    shop.configure(image=SHOP, rollout_minutes=None)
    done = shop.update()
    assert done.returncode == 0, done.stdout[-4000:]
    assert browser.status("/healthz") == 200


@pytest.fixture
def private(shop):
    """The name of an image that takes a password, which the stack file does not have yet."""
    yield private_shop()
    shop.configure(image=SHOP, rollout_minutes=None, registry=None, registry_password=None)
    done = shop.update()
    assert done.returncode == 0, done.stdout[-4000:]


def give_password(shop, password):
    """As the documentation's page on private registries."""
    done = shop.make("pulumi", "--", "config", "set", "--secret", "registry_password", password)
    assert done.returncode == 0, done.stderr


def refuse_without_password(shop, image):
    """The node starts no pod that names no pull secret, be the image on its disk or not."""
    try:
        shop.kubectl("run", "stranger", f"--image={image}", "-n", "default", "--restart=Never")
        message = ("-o", "jsonpath={.status.containerStatuses[*].state.waiting.message}")
        get = ("get", "pod", "stranger", "-n", "default", *message)
        wait(lambda: "401 Unauthorized" in shop.kubectl(*get), "the refusal")
    finally:
        shop.kubectl("delete", "pod", "stranger", "-n", "default", "--ignore-not-found", "--grace-period=0")


def test_a_wrong_password_for_the_registry(shop, browser, private):
    """The update says which pod was refused its image, and no password; the right one brings the new image up."""
    before, wrong = started(shop), f"not-{PASSWORD}"
    shop.configure(image=private, rollout_minutes=2, registry={"server": HOST, "username": USERNAME})
    give_password(shop, wrong)
    said = refusal(shop)
    assert re.search(rf"pod django-migrate-\S+: (ErrImagePull|ImagePullBackOff): .*{private}.*401 Unauthorized", said)
    for secret in (wrong, base64.b64encode(f"{USERNAME}:{wrong}".encode()).decode()):
        assert secret not in said
    assert started(shop) == before
    assert browser.status("/") == 200
    refuse_without_password(shop, private)
    shop.configure(rollout_minutes=None)
    give_password(shop, PASSWORD)
    done = shop.update()
    assert done.returncode == 0, done.stdout[-4000:]
    old = {name for name, _ in before if name.startswith("django-")}
    wait(lambda: old.isdisjoint(name for name, _ in started(shop)), "the end of the old pods", PATIENCE)
    images = shop.kubectl("get", "deployments", "-n", "app", "-o", "jsonpath={..image}").split()
    assert set(images) == {private}
    assert browser.status("/") == 200
    refuse_without_password(shop, private)


def test_a_migration_that_fails(shop, browser, tmp_path):
    """Before anything of the app is changed; the old version goes on, and the way back is the old image."""
    last = max(path.stem for path in MIGRATIONS.glob("0*.py"))
    broken = {"apps/orders/migrations/0009_broken.py": BROKEN.format(last=last)}
    shop.configure(image=changed_shop("lab/broken-migration:1", tmp_path, broken))
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
    [image] = ensure_images(["lab/minimal:1"])  # a shop's lab does not make it
    other.configure(image=f"{HOST}/{image.name}", app=app)
    done = other.update()
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    wait(lambda: browser.status("/up") == 200, "the app", PATIENCE)
    first = json.loads(browser.get("/"))
    assert first["stored"] == 1
    wait(lambda: json.loads(browser.get("/"))["seen"] >= 1, "the worker", PATIENCE)
