"""The project.  `celery -A config` finds the Celery app here."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
