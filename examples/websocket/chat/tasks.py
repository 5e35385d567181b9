"""What the worker does: it speaks to everybody in the room."""

from asgiref.sync import async_to_sync
from celery import shared_task
from channels.layers import get_channel_layer

ROOM = "room"


@shared_task
def pass_on(number: int) -> None:
    """Sends a message to everybody in the room."""
    from chat.models import Message  # noqa: PLC0415  models need the settings, which the beat never loads

    message = Message.objects.get(pk=number)
    tell({"number": message.pk, "text": message.text})
    Message.objects.filter(pk=number).update(sent=True)


@shared_task
def announce_count() -> int:
    """Tells everybody in the room how many messages there are; the number."""
    from chat.models import Message  # noqa: PLC0415  as above

    count = Message.objects.count()
    tell({"count": count})
    return count


def tell(content: dict) -> None:
    """To every WebSocket of every web pod."""
    async_to_sync(get_channel_layer().group_send)(ROOM, {"type": "room.said", "content": content})
