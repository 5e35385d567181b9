"""The project's own users."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """One name instead of two."""

    name = models.CharField("name of the user", blank=True, max_length=255)
    first_name = None
    last_name = None
