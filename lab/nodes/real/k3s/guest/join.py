"""The agent's side of joining."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from lab.nodes.real.k3s.guest import files
from lab.nodes.real.k3s.guest.config import Config
from lab.nodes.real.k3s.guest.layout import SUPERVISOR_PORT, Layout
from lab.nodes.real.k3s.guest.refusal import RefusalError
from lab.nodes.real.k3s.guest.supervisor import AUTHORITIES, JOIN
from lab.nodes.real.k3s.guest.tokens import password_of, require_authority

_TIMEOUT = 20  # seconds


def fetch(config: Config, layout: Layout, password: str) -> dict[str, Any]:
    """Writes authorities and certificates into the agent's folder; the cluster's own settings.

    Raises:
        RefusalError: the server refuses this token or this node, or does not answer; k3s's own words.
    """
    host = urlsplit(config.server).hostname or ""
    authority = _ask(host, None, "GET", AUTHORITIES, config)
    require_authority(config.token, authority.encode())
    body = {"node": config.node_name, "password": password, "addresses": [config.node_ip]}
    content: dict[str, Any] = json.loads(_ask(host, authority, "POST", JOIN, config, json.dumps(body)))
    for name, text in content["files"].items():
        files.write(layout.agent / name, text, 0o600 if name.endswith(".key") else 0o644)
    cluster: dict[str, Any] = content["cluster"]
    return cluster


def _ask(host: str, authority: str | None, method: str, path: str, config: Config, body: str | None = None) -> str:
    """Without an authority only the authority itself is asked for."""
    context = ssl.create_default_context(cadata=authority) if authority else ssl._create_unverified_context()  # noqa: S323, SLF001
    connection = http.client.HTTPSConnection(host, SUPERVISOR_PORT, timeout=_TIMEOUT, context=context)
    secret = base64.b64encode(f"node:{password_of(config.token)}".encode()).decode()
    headers = {"Authorization": f"Basic {secret}"} if authority else {}
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
    except (OSError, http.client.HTTPException) as error:
        raise RefusalError(f"{config.server}: {error}") from error
    finally:
        connection.close()
    if answer.status != HTTPStatus.OK:
        raise RefusalError(
            text if answer.status == HTTPStatus.FORBIDDEN else f"{config.server}: {answer.status} {text}"
        )
    return text
