"""The app `notes`."""

from django.apps import AppConfig


class NotesConfig(AppConfig):
    """By its full name, as the template has it."""

    name = "acme.notes"
