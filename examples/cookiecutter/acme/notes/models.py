"""What people write down."""

from django.conf import settings
from django.db import models


class Note(models.Model):
    """One note; the worker mails it to its author."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    text = models.CharField(max_length=200)
    mailed = models.BooleanField(default=False)

    def __str__(self) -> str:
        """As in a list."""
        return self.text
