"""What the kubelet asks of a web pod: the app's health page, as traefik would ask for it."""

from __future__ import annotations

from pulumi_kubernetes import core

from infra.components._kubernetes import exec_probe
from infra.components.files import load
from infra.models.app_config import AppConfig

_PERIOD, _FAILURES = 2, 60  # two minutes for a start
_TIMEOUT = 5


def startup_probe(app: AppConfig, host: str | None) -> core.v1.ProbeArgs:
    """Only a page that answers 2xx lets a pod start.

    The kubelet's own look counts a redirect to another host as success; this runs as long as the pod starts and costs
    a Python each time, so that the cheaper one below looks after that.
    """
    command = ["python", "-c", load("health_page.py"), str(app.port), app.health_path, host or ""]
    return exec_probe(command, period=_PERIOD, failures=_FAILURES, timeout=_TIMEOUT)


def page_probe(app: AppConfig, host: str | None, *, period: int, failures: int) -> core.v1.ProbeArgs:
    """By HTTP, with a Host that Django allows (any other is a 400) and as if by https.

    Django's `SECURE_SSL_REDIRECT` redirects every request that did not come by https. Without a host the kubelet sends
    the pod's address, which `DJANGO_ALLOWED_HOSTS` then allows.
    """
    headers = [core.v1.HTTPHeaderArgs(name="X-Forwarded-Proto", value="https")]
    headers += [core.v1.HTTPHeaderArgs(name="Host", value=host)] if host else []
    get = core.v1.HTTPGetActionArgs(path=app.health_path, port="http", http_headers=headers)
    return core.v1.ProbeArgs(http_get=get, period_seconds=period, timeout_seconds=_TIMEOUT, failure_threshold=failures)
