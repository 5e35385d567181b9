"""Wraps the app's ASGI application: no more requests at a time than the plan counts database connections for.

Django gives each request under ASGI a thread, and so a database connection, of its own; nothing else bounds them.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from gunicorn.util import import_app

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Slot:
    """One of the process's slots, held by one request."""

    def __init__(self, slots: asyncio.Semaphore) -> None:
        self.slots, self.held, self.streams = slots, True, False

    def sent(self, message: Message) -> None:
        """Gives the slot back where this is the first part of a stream."""
        if message["type"] == "http.response.start":
            self.streams = all(name.lower() != b"content-length" for name, _ in message.get("headers", ()))
        elif self.streams and message.get("more_body"):
            self.release()

    def release(self) -> None:
        """Once."""
        if self.held:
            self.held = False
            self.slots.release()


class Bounded:
    """Requests wait for a free slot, as they wait for a thread of gthread.

    A WebSocket holds no slot, and a streamed response (without Content-Length) none after its first part: they last
    for as long as the customer likes.
    """

    def __init__(self, app: Callable[[Message, Receive, Send], Awaitable[None]], most: int) -> None:
        self.app, self.most = app, most
        self.slots = None  # made in the loop that it belongs to

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One connection, as ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self.slots is None:
            self.slots = asyncio.Semaphore(self.most)
        await self.slots.acquire()
        slot = Slot(self.slots)

        async def sending(message: Message) -> None:
            await send(message)
            slot.sent(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            slot.release()


application = Bounded(import_app(os.environ["STAGECOACH_ASGI_APP"]), int(os.environ["STAGECOACH_ASGI_REQUESTS"]))
