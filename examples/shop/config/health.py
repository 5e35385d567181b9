"""The health page."""

from django.http import HttpRequest, HttpResponse


class HealthMiddleware:
    """Answers /healthz.

    It says that this process serves, no more: a page that asked the database would make the kubelet restart every
    web pod when the database is away, and that mends nothing.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The health page, or what the rest of Django answers."""
        if request.path == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain")
        return self.get_response(request)
