"""Probe a web pod by the app's health page, requested as traefik would request it."""

from __future__ import annotations

from pulumi_kubernetes import core

from infra.stack_file.app_config import AppConfig

_TIMEOUT = 5  # seconds


def web_probe(app: AppConfig, host: str | None, *, period: int, failures: int) -> core.v1.ProbeArgs:
    """Probe by HTTP as if by https, with a Host that Django allows (any other gets a 400); times are in seconds.

    Django's `SECURE_SSL_REDIRECT` redirects every request that did not come by https, and the kubelet counts a redirect
    to another host as success, whatever the page says (kubernetes v1.36.3, pkg/probe/http).

    Args:
        app: the stack file's settings of the app.
        host: the shop's address; None: the kubelet sends the pod's address, which `DJANGO_ALLOWED_HOSTS` then allows.
        period: seconds between two probes.
        failures: failed probes in a row until the kubelet acts.
    """
    headers = [core.v1.HTTPHeaderArgs(name="X-Forwarded-Proto", value="https")]
    headers += [core.v1.HTTPHeaderArgs(name="Host", value=host)] if host else []
    get = core.v1.HTTPGetActionArgs(path=app.health_path, port="http", http_headers=headers)
    return core.v1.ProbeArgs(http_get=get, period_seconds=period, timeout_seconds=_TIMEOUT, failure_threshold=failures)
