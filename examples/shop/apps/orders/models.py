"""Orders."""

import uuid

from django.db import models

from apps.catalog.models import Product


class Order(models.Model):
    """One customer's order of one product; the price is the one that was shown."""

    number = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="orders")
    quantity = models.PositiveSmallIntegerField()
    price = models.DecimalField(max_digits=8, decimal_places=2)
    email = models.EmailField()
    # Whether the broker took the e-mail's task.  Orders that do not say so have sent theirs.
    confirmation_queued = models.BooleanField(db_default=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        """An index of the few rows that a task asks for every minute."""

        indexes = (
            models.Index(
                fields=["created_at"], name="order_unconfirmed", condition=models.Q(confirmation_queued=False)
            ),
        )

    def __str__(self) -> str:
        return str(self.number)

    @property
    def total(self):
        """Price of all pieces."""
        return self.price * self.quantity
