"""What the worker does."""

from celery import shared_task


@shared_task
def mark_seen(number: int) -> int:
    """Marks a visit as seen; the number of rows that it changed."""
    from minimal.models import Visit  # noqa: PLC0415  models need the settings, which the beat never loads

    return Visit.objects.filter(pk=number).update(seen=True)
