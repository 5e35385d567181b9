"""The shop's tests run against a real Postgres and a real Redis that hold nothing of value."""

import os

import django
import pytest
from django.core.cache import cache

NEEDED = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND", "DJANGO_SECRET_KEY")

if missing := [name for name in NEEDED if not os.environ.get(name)]:
    pytest.exit(f"the tests need the variables {', '.join(missing)}: see README.md", returncode=2)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")  # not in pytest.ini, which is read before the above
django.setup()


@pytest.fixture
def celery_app():
    """The app, on a broker that is empty before and after."""
    from config.celery import app  # noqa: PLC0415  reads the settings

    with app.connection_for_write() as connection:
        channel = connection.default_channel
        queued = {name: channel._size(name) for name in ("celery", "fast", "slow")}
        if any(queued.values()):
            pytest.exit(f"the broker holds messages ({queued}): the tests need one of their own", returncode=2)
        yield app
        for name in queued:
            channel._purge(name)


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def ring(db):
    """A product of which two are left."""
    from apps.catalog.models import Product  # noqa: PLC0415  needs the settings

    product, _ = Product.objects.update_or_create(slug="ring", defaults={"name": "Ring", "price": 10, "stock": 2})
    return product
