"""Addresses of WebSockets."""

from django.urls import path

from chat.consumers import RoomConsumer

websocket_urlpatterns = [path("ws/room/", RoomConsumer.as_asgi())]
