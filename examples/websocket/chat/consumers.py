"""One WebSocket."""

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from chat.models import Message
from chat.tasks import ROOM, pass_on


class RoomConsumer(AsyncJsonWebsocketConsumer):
    """Takes messages, and sends what the worker says."""

    async def connect(self) -> None:
        """Everybody may come in."""
        await self.channel_layer.group_add(ROOM, self.channel_name)
        await self.accept()

    async def disconnect(self, _code: int) -> None:
        """Leaves the room."""
        await self.channel_layer.group_discard(ROOM, self.channel_name)

    async def receive_json(self, content: dict) -> None:
        """Stores a message and hands it to the worker, whose broker is asked in a thread."""
        message = await database_sync_to_async(Message.objects.create)(text=str(content.get("text", ""))[:200])
        await sync_to_async(pass_on.delay)(message.pk)

    async def room_said(self, event: dict) -> None:
        """What the worker said."""
        await self.send_json(event["content"])
