"""The API server by client certificate: JSON in, JSON out, standard library only."""

from __future__ import annotations

import http.client
import json
import ssl
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Object = dict[str, Any]

MERGE_PATCH = "application/merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"  # JSON is YAML
_TIMEOUT = 10  # seconds a request may take


class ApiError(Exception):
    """The API server refused."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


class Api:
    """Requests by path; a connection for each, because there are few."""

    def __init__(self, url: str, authority: Path, client: Path) -> None:
        """`client` is the stem of `.crt` and `.key`."""
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 443
        self._context = ssl.create_default_context(cafile=str(authority))
        self._context.load_cert_chain(client.with_suffix(".crt"), client.with_suffix(".key"))

    def request(
        self, method: str, path: str, body: Object | None = None, content_type: str = "application/json"
    ) -> Object:
        """One request.

        Raises:
            ApiError: the server refused.
            OSError: it did not answer.
        """
        content: Object = json.loads(self.text(method, path, body, content_type) or "{}")
        return content

    def get(self, path: str) -> Object | None:
        """An object, or None if there is none."""
        try:
            return self.request("GET", path)
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def text(self, method: str, path: str, body: Object | None = None, content_type: str = "application/json") -> str:
        """The answer as it came; raises as `request` does."""
        status, text = self._exchange(method, path, body, content_type)
        if status >= HTTPStatus.BAD_REQUEST:
            raise ApiError(status, _message(text) or f"HTTP {status}")
        return text

    def _exchange(self, method: str, path: str, body: Object | None, content_type: str) -> tuple[int, str]:
        connection = http.client.HTTPSConnection(self._host, self._port, timeout=_TIMEOUT, context=self._context)
        headers = {"Content-Type": content_type, "Accept": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except http.client.HTTPException as error:
            raise ConnectionError(f"{self._host}:{self._port}: {error!r}") from error
        finally:
            connection.close()


def _message(text: str) -> str:
    try:
        return str(json.loads(text).get("message", ""))
    except (ValueError, AttributeError):
        return text.strip()
