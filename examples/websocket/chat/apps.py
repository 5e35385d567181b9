"""The app `chat`."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """One room."""

    name = "chat"
