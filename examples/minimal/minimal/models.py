"""What the database keeps."""

from django.db import models


class Visit(models.Model):
    """One visit; the worker marks it."""

    at = models.DateTimeField(auto_now_add=True)
    seen = models.BooleanField(default=False)

    def __str__(self) -> str:
        """As in a list."""
        return f"visit {self.pk}"
