"""Redirects of the shop's further host names to its address, by middlewares that traefik reads from a file.

The file is a ConfigMap of ours, mounted by the chart's `volumes`, which mean the same in every chart.  The chart's own
`providers.file.content` is text up to v40 and a mapping from v41 on (traefik-helm-chart at v40.3.0 and v41.0.0,
templates/provider-file-cm.yaml), and an update of k3s brings another chart.  A Middleware object would need traefik's
CRDs, which are not there on a first preview.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

NAME = "stagecoach-redirects"  # of the ConfigMap, and of the volume
FOLDER = "/etc/stagecoach"
FILE = "redirects.yml"
# Everything behind the host: path and query stay. RedirectRegex passes a request on whose URL it does not change
# (traefik, pkg/middlewares/redirect): no name is ever redirected to itself.
_REGEX = "^https?://[^/]+/(.*)$"
# Browsers keep a permanent redirect for good. Where names change places, a kept one and the new one would be a circle.
_FORGOTTEN, _FORGET = "not-kept", {"headers": {"customResponseHeaders": {"Cache-Control": "no-store"}}}


def middlewares(host: str) -> str:
    """What an Ingress names to redirect its hosts to `host`, the outer one first."""
    return f"{_FORGOTTEN}@file,{_name(host)}@file"


def redirect_objects(hosts: Sequence[str], namespace: str) -> list[dict[str, Any]]:
    """The ConfigMap with a redirect for each name; none for a single name, which needs no redirect.

    One for each, not for the first alone: traefik reads a changed file within two minutes, and an update that makes
    another of the names the shop's address must find its redirect there already.

    Args:
        hosts: The shop's names, its address first.
        namespace: Traefik's.
    """
    if not hosts[1:]:
        return []
    made = {_FORGOTTEN: _FORGET} | {_name(host): {"redirectRegex": _redirect(host)} for host in hosts}
    text = yaml.safe_dump({"http": {"middlewares": made}}, sort_keys=False)
    metadata = {"name": NAME, "namespace": namespace}
    return [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {FILE: text}}]


def redirect_volumes(hosts: Sequence[str]) -> list[dict[str, str]]:
    """The chart's `volumes`: it mounts that ConfigMap read-only."""
    return [{"name": NAME, "mountPath": FOLDER, "type": "configMap"}] if hosts[1:] else []


def redirect_arguments(hosts: Sequence[str]) -> list[str]:
    """Arguments of traefik.  A folder: of a single file it would see the first change only, for a mount is replaced."""
    found = (f"--providers.file.directory={FOLDER}", "--providers.file.watch=true")
    return list(found) if hosts[1:] else []


def _name(host: str) -> str:
    """Two hosts never have the same: no host name has an underscore."""
    return f"to-{host.replace('.', '_')}"


def _redirect(host: str) -> dict[str, Any]:
    """301, or 308 where the request is no GET."""
    return {"regex": _REGEX, "replacement": f"https://{host}/${{1}}", "permanent": True}
