"""A broken image and a wrong password: what the update and the metrics say, and the corrected update."""

import re

import pytest

from tests.browser import Browser
from tests.docs.shell import play
from tests.real.images import SHOP, changed_shop
from tests.real.reader import reader
from tests.real.shop import REPOSITORY
from tests.waiting import PATIENCE, wait

pytestmark = pytest.mark.vps

PAGE = "/products/silver-ring/"  # asks the database
ROTATE = REPOSITORY / "docs/how-to/rotate-secrets.md"


@pytest.fixture
def browser(shop):
    made = Browser(shop.url)
    wait(lambda: made.status(PAGE) == 200, "the shop", PATIENCE)
    return made


def test_an_image_that_crashes(shop, browser, tmp_path):
    """It migrates and then does not serve: the update says which pod ended how; the old pods serve on."""
    broken = {"config/wsgi.py": 'raise RuntimeError("no application today")\n'}
    shop.configure(image=changed_shop("lab/broken-wsgi:1", tmp_path, broken), rollout_minutes=3)
    done = shop.update()
    assert done.returncode != 0
    said = " ".join((done.stdout + done.stderr).split())
    assert "Deployment app/django: " in said
    assert re.search(
        r"pod django-\S+: container django ended with exit code \d+ \(Error\): .*no application today", said
    )
    assert browser.status(PAGE) == 200
    assert "98.00 EUR" in browser.order(quantity=2, email="old-pods@example.com")
    assert wait(lambda: shop.mails("old-pods@example.com"), "the mail", PATIENCE)
    shop.configure(image=SHOP, rollout_minutes=None)
    done = shop.update()
    assert done.returncode == 0, done.stdout[-4000:]
    assert browser.status(PAGE) == 200


def test_a_password_that_was_changed_by_hand(shop, browser, tmp_path):
    """The exporter and the database's log say so; a new password, by the documentation's page, mends it."""
    shop.sql("alter role app password 'by-hand'")
    # Connections that are open stay so: this ends them, as a restart of the pods would.
    shop.sql("select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> pg_backend_pid()")
    wait(lambda: browser.status(PAGE) == 500, "the error", PATIENCE)
    wait(lambda: [value for _, value in shop.query("pg_up")] == [0], "pg_up", PATIENCE)
    log = shop.kubectl("logs", "-n", "app", "postgres-0", "-c", "postgres", "--tail=50")
    assert 'password authentication failed for user "app"' in log
    play(ROTATE, reader(shop, tmp_path), since="For the database's password:", until="## The passphrase")
    wait(lambda: browser.status(PAGE) == 200, "the shop", PATIENCE)
    wait(lambda: [value for _, value in shop.query("pg_up")] == [1], "pg_up", PATIENCE)
    browser.order(email="new-password@example.com")
    assert wait(lambda: shop.mails("new-password@example.com"), "the mail", PATIENCE)
