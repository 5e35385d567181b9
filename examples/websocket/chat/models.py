"""What was said."""

from django.db import models


class Message(models.Model):
    """One message; the worker passes it on."""

    text = models.CharField(max_length=200)
    sent = models.BooleanField(default=False)

    def __str__(self) -> str:
        """As in a list."""
        return self.text
