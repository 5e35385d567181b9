"""A Kubernetes API server by kubeconfig: JSON in, JSON out."""

from __future__ import annotations

import base64
import json
import ssl
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3
import yaml

Object = dict[str, Any]

MERGE_PATCH = "application/merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
JSON_PATCH = "application/json-patch+json"
_TIMEOUT = 30  # seconds a request may take
_CONNECTIONS = 10  # kept for the next request; threads that need more make their own


class ApiError(Exception):
    """The API server refused; `reason` is its own word, for example AlreadyExists."""

    def __init__(self, status: int, content: Object) -> None:
        self.status = status
        self.reason = str(content.get("reason", ""))
        super().__init__(str(content.get("message", f"HTTP {status}")))


class Api:
    """Requests by path; objects are plain mappings, because the lab passes them through."""

    def __init__(self, kubeconfig: str) -> None:
        content = yaml.safe_load(kubeconfig)
        cluster, user = content["clusters"][0]["cluster"], content["users"][0]["user"]
        self.url: str = cluster["server"]
        self._pool = urllib3.PoolManager(maxsize=_CONNECTIONS, ssl_context=_tls(cluster, user))

    def request(
        self,
        method: str,
        path: str,
        body: Object | list[Object] | None = None,
        *,
        content_type: str = "application/json",
        **query: str,
    ) -> Object:
        """One request.

        Raises:
            ApiError: the server refused.
            urllib3.exceptions.HTTPError: it did not answer.
        """
        answer = self._pool.request(
            method,
            f"{self.url}{path}{'?' + urlencode(query) if query else ''}",
            body=None if body is None else json.dumps(body),
            headers={"Content-Type": content_type, "Accept": "application/json"},
            timeout=_TIMEOUT,
            retries=False,
        )
        content: Object = json.loads(answer.data or b"{}")
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise ApiError(answer.status, content)
        return content

    def get(self, path: str) -> Object | None:
        """An object, or None if there is none."""
        try:
            return self.request("GET", path)
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def items(self, path: str) -> list[Object]:
        """A list's items."""
        found: list[Object] = self.request("GET", path)["items"]
        return found

    def apply(self, path: str, body: Object) -> Object:
        """Server-side apply by the lab itself."""
        return self.request("PATCH", path, body, content_type=APPLY_PATCH, fieldManager="stagecoach-lab", force="true")


def _tls(cluster: dict[str, str], user: dict[str, str]) -> ssl.SSLContext:
    """Both sides' certificates, read at once.

    Not by the Kubernetes client: it keeps the key in a file until the process ends by itself, which the lab's may not.
    """
    context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    with tempfile.TemporaryDirectory() as folder:  # OpenSSL takes a client's pair from files only
        pair = Path(folder, "client.pem")
        pair.write_bytes(b"\n".join(base64.b64decode(user[f"client-{part}-data"]) for part in ("certificate", "key")))
        context.load_cert_chain(pair)
    return context
