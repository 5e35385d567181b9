"""Redirects of the shop's further host names to its address, by a middleware of traefik's file provider.

A Middleware object would need traefik's CRDs, which are not there on a first preview; the chart's values need none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

# Everything behind the host: path and query stay. RedirectRegex passes a request on whose URL it does not change
# (traefik, pkg/middlewares/redirect): no name is ever redirected to itself.
_REGEX = "^https?://[^/]+/(.*)$"


def middleware(host: str) -> str:
    """What an Ingress names to redirect its hosts to `host`."""
    return f"{_name(host)}@file"


def redirect_values(hosts: Sequence[str]) -> dict[str, Any]:
    """Chart values with one middleware for each name; empty for a single name, which needs none.

    One for each, not for the first alone: traefik reads a changed file within two minutes, and an update that makes
    another of the names the shop's address must find its redirect there already.
    """
    if len(hosts) < 2:  # noqa: PLR2004  the shop's address alone
        return {}
    middlewares = {_name(host): {"redirectRegex": _redirect(host)} for host in hosts}
    # Text, as in the charts of k3s-io/k3s-charts from 27 to 39 and in traefik's v40; from v41 on it is a mapping.
    content = yaml.safe_dump({"http": {"middlewares": middlewares}}, sort_keys=False)
    return {"providers": {"file": {"enabled": True, "watch": True, "content": content}}}


def _name(host: str) -> str:
    """Two hosts never have the same: no host name has an underscore."""
    return f"to-{host.replace('.', '_')}"


def _redirect(host: str) -> dict[str, Any]:
    """301, or 308 where the request is no GET."""
    return {"regex": _REGEX, "replacement": f"https://{host}/${{1}}", "permanent": True}
