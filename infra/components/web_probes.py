"""What the kubelet asks of a web pod: the app's health page, as traefik would ask for it."""

from __future__ import annotations

from pulumi_kubernetes import core

from infra.stack_file.app_config import AppConfig

_TIMEOUT = 5  # seconds


def web_probe(app: AppConfig, host: str | None, *, period: int, failures: int) -> core.v1.ProbeArgs:
    """By HTTP, with a Host that Django allows (any other is a 400) and as if by https; times in seconds.

    Django's `SECURE_SSL_REDIRECT` redirects every request that did not come by https, and the kubelet takes a redirect
    to another host for success, whatever the page says (kubernetes v1.36.3, pkg/probe/http). Without a host it sends
    the pod's address, which `DJANGO_ALLOWED_HOSTS` then allows.
    """
    headers = [core.v1.HTTPHeaderArgs(name="X-Forwarded-Proto", value="https")]
    headers += [core.v1.HTTPHeaderArgs(name="Host", value=host)] if host else []
    get = core.v1.HTTPGetActionArgs(path=app.health_path, port="http", http_headers=headers)
    return core.v1.ProbeArgs(http_get=get, period_seconds=period, timeout_seconds=_TIMEOUT, failure_threshold=failures)
