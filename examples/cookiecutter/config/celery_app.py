"""The Celery app, configured by Django's settings alone."""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

app = Celery("acme")
app.config_from_object("django.conf:settings", namespace="CELERY")


@setup_logging.connect
def use_djangos_logging(*_args: object, **_options: object) -> None:
    """Celery leaves logging alone when somebody is connected here."""
    from logging.config import dictConfig  # noqa: PLC0415  settings are not ready at import

    from django.conf import settings  # noqa: PLC0415

    dictConfig(settings.LOGGING)


app.autodiscover_tasks()
