"""What happens when someone orders."""

from django.db import transaction

from apps.catalog.models import Product, forget_products
from apps.notifications.tasks import send_email_task
from apps.orders.models import Order


class SoldOutError(Exception):
    """Fewer pieces are left than were asked for."""


@transaction.atomic
def create_order(slug: str, *, quantity: int, email: str) -> Order:
    """Takes the pieces from stock, keeps the order, queues the confirmation.

    What follows the commit is robust: an order that is stored is never an error page, or the customer orders twice.

    The row lock keeps two customers from buying the last piece. The e-mail is queued after the commit: a worker
    is quick enough to look for an order that is not there yet.

    Raises:
        Product.DoesNotExist: nobody sells that.
        SoldOutError: too few are left.
    """
    product = Product.objects.select_for_update().get(slug=slug)
    if product.stock < quantity:
        raise SoldOutError(f"only {product.stock} left")
    product.stock -= quantity
    product.save(update_fields=["stock"])
    order = Order.objects.create(
        product=product, quantity=quantity, price=product.price, email=email, confirmation_queued=False
    )
    transaction.on_commit(forget_products, robust=True)
    # Not a partial: Django logs the function's name, and a partial has none.
    transaction.on_commit(lambda: queue_confirmation(order), robust=True)
    return order


def queue_confirmation(order: Order) -> None:
    """Remembers that the broker took it; what a full or absent broker refuses is queued later by a task."""
    send_email_task.delay(
        subject=f"Your order {order.number}",
        message=f"Thank you! {order.quantity} x {order.product.name}, {order.total} EUR in all.",
        recipient=order.email,
    )
    Order.objects.filter(pk=order.pk).update(confirmation_queued=True)
