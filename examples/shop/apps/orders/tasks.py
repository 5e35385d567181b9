"""Work on orders that nobody waits for."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db.models import Count, F, Sum
from django.utils import timezone

from apps.notifications.tasks import send_email_task
from apps.orders.models import Order
from apps.orders.services import queue_confirmation

UNDER_WAY = timedelta(minutes=1)  # an order of this moment queues its own


@shared_task
def send_daily_report_task() -> int:
    """Mails the owner what was sold in the last day; the number of orders."""
    since = timezone.now() - timedelta(days=1)
    orders = Order.objects.filter(created_at__gte=since)
    sums = orders.aggregate(count=Count("id"), turnover=Sum(F("price") * F("quantity")))
    send_email_task.delay(
        subject="Yesterday's orders",
        message=f"{sums['count']} orders, {sums['turnover'] or 0} EUR.",
        recipient=settings.MANAGERS_EMAIL,
    )
    return sums["count"]


@shared_task
def queue_missing_confirmations_task() -> int:
    """Confirmations that the broker refused when the orders came; how many it took now."""
    missing = Order.objects.filter(confirmation_queued=False, created_at__lt=timezone.now() - UNDER_WAY)
    count = 0
    for order in missing.select_related("product").order_by("created_at"):
        queue_confirmation(order)
        count += 1
    return count
