"""The app `users`."""

from django.apps import AppConfig


class UsersConfig(AppConfig):
    """By its full name, as the template has it."""

    name = "acme.users"
