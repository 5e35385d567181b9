"""Redirect the shop's other names to its address, by middlewares that traefik reads from a file.

The file is our ConfigMap, mounted by the chart's `volumes`, which mean the same in every chart. The chart's own
`providers.file.content` is text up to v40 and a mapping from v41 on (traefik-helm-chart at v40.3.0 and v41.0.0,
templates/provider-file-cm.yaml), and an update of k3s brings another chart. A Middleware object would need traefik's
CRDs, which do not exist on a first preview.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

NAME = "stagecoach-redirects"  # name of the ConfigMap, and of the volume
FOLDER = "/etc/stagecoach"
FILE = "redirects.yml"
# This matches everything after the host: path and query stay. RedirectRegex passes a request on if its URL does not
# change (traefik, pkg/middlewares/redirect), so no name is ever redirected to itself.
_REGEX = "^https?://[^/]+/(.*)$"
# Browsers keep a permanent redirect for ever. If two names swapped places, the kept one and the new one would form a
# circle.
_FORGOTTEN, _FORGET = "not-kept", {"headers": {"customResponseHeaders": {"Cache-Control": "no-store"}}}


def middlewares(host: str) -> str:
    """Return the names of the middlewares that redirect an Ingress' hosts to `host`, the outer one first."""
    return f"{_FORGOTTEN}@file,{_name(host)}@file"


def redirect_objects(hosts: Sequence[str], namespace: str) -> list[dict[str, Any]]:
    """Return the ConfigMap with a redirect to each name; nothing for a single name, which needs no redirect.

    There is a redirect to every name, not just to the first: traefik reads a changed file only within two minutes, and
    an update that makes another name the shop's address must find its redirect there already.

    Args:
        hosts: the shop's names, its address first.
        namespace: traefik's namespace.
    """
    if not hosts[1:]:
        return []
    made = {_FORGOTTEN: _FORGET} | {_name(host): {"redirectRegex": _redirect(host)} for host in hosts}
    text = yaml.safe_dump({"http": {"middlewares": made}}, sort_keys=False)
    metadata = {"name": NAME, "namespace": namespace}
    return [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {FILE: text}}]


def redirect_volumes(hosts: Sequence[str]) -> list[dict[str, str]]:
    """Return the chart's `volumes`, which mount that ConfigMap read-only."""
    return [{"name": NAME, "mountPath": FOLDER, "type": "configMap"}] if hosts[1:] else []


def redirect_arguments(hosts: Sequence[str]) -> list[str]:
    """Return traefik's arguments to watch the folder.

    Of a single file, traefik would notice only the first change, because Kubernetes replaces the mounted file.
    """
    found = (f"--providers.file.directory={FOLDER}", "--providers.file.watch=true")
    return list(found) if hosts[1:] else []


def _name(host: str) -> str:
    """Return a middleware's name; no two hosts share one, because a host name has no underscore."""
    return f"to-{host.replace('.', '_')}"


def _redirect(host: str) -> dict[str, Any]:
    """Redirect with 301, or 308 if the request is not a GET."""
    return {"regex": _REGEX, "replacement": f"https://{host}/${{1}}", "permanent": True}
