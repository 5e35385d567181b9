"""The whole project.  `celery -A minimal` finds the Celery app here."""

from minimal.celery import app as celery_app

__all__ = ["celery_app"]
