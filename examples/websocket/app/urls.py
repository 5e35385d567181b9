"""The page of the room, and the health page."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.generic import TemplateView


async def health(_request: HttpRequest) -> HttpResponse:
    """This process serves."""
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    path("", TemplateView.as_view(template_name="chat/room.html")),
    path("health/", health),
]
