"""One page and the health page."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from minimal.models import Visit
from minimal.tasks import mark_seen


def up(_request: HttpRequest) -> HttpResponse:
    """This process serves."""
    return HttpResponse("up\n", content_type="text/plain")


def visit(_request: HttpRequest) -> JsonResponse:
    """Stores a visit, hands it to the worker, counts it in the cache."""
    made = Visit.objects.create()
    mark_seen.delay(made.pk)
    cache.add("visits", 0, timeout=None)
    return JsonResponse(
        {
            "visit": made.pk,
            "cached": cache.incr("visits"),
            "stored": Visit.objects.count(),
            "seen": Visit.objects.filter(seen=True).count(),
        }
    )


urlpatterns = [path("up", up), path("", visit)]
