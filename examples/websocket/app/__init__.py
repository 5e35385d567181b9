"""The project.  `celery -A app` finds the Celery app here."""

from app.celery import app as celery_app

__all__ = ("celery_app",)
