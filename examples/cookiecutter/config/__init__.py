"""Imports the Celery app, so that tasks find it in web pods as well."""

from .celery_app import app as celery_app

__all__ = ("celery_app",)
