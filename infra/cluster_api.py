"""A Kubernetes API server by kubeconfig: the few requests that an update makes beside the engine's."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import tempfile
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

_LONGEST = 4_000_000  # bytes of an answer


class Cluster:
    """Requests by path; every one has a connection of its own, because servers restart in an update."""

    def __init__(self, kubeconfig: str, seconds: float = 10) -> None:
        """Reads the kubeconfig.

        Args:
            kubeconfig: Its text, with a client certificate.
            seconds: How long one request may take.

        Raises:
            ValueError: it is none with a client certificate.
        """
        self._seconds = seconds
        try:
            content = yaml.safe_load(kubeconfig)
            cluster, user = content["clusters"][0]["cluster"], content["users"][0]["user"]
            self._address = urlsplit(str(cluster["server"]))
            self._tls = _tls(cluster, user)
        except (yaml.YAMLError, KeyError, IndexError, TypeError, ssl.SSLError) as error:
            raise ValueError(f"no kubeconfig with a client certificate: {type(error).__name__}") from None

    def items(self, path: str) -> list[dict[str, Any]]:
        """The items of a list.

        Raises:
            OSError: the server did not answer, refused, or gave no list.
        """
        found = self._request("GET", path).get("items")
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise OSError("the answer is no list of objects")
        return found

    def delete(self, path: str, uid: str) -> None:
        """Deletes the object of that identifier; one of the same name that came after it stays.

        Raises:
            OSError: as `items`.
        """
        self._request("DELETE", path, {"preconditions": {"uid": uid}})

    def _request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        made = http.client.HTTPSConnection(
            str(self._address.hostname), self._address.port or 443, timeout=self._seconds, context=self._tls
        )
        try:
            headers = {"Accept": "application/json", "Content-Type": "application/json"}
            made.request(method, path, None if body is None else json.dumps(body), headers)
            answer = made.getresponse()
            content: dict[str, Any] = json.loads(answer.read(_LONGEST) or b"{}")
            if not isinstance(content, dict):
                raise OSError("the answer is no object")
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(str(error)) from error
        finally:
            made.close()
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise OSError(f"{answer.status}: {content.get('message', '')}")
        return content


def _tls(cluster: Mapping[str, str], user: Mapping[str, str]) -> ssl.SSLContext:
    """Both sides' certificates; OpenSSL takes a client's pair from a file only, which is gone at once."""
    context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    with tempfile.TemporaryDirectory() as folder:
        pair = Path(folder, "client.pem")
        pair.write_bytes(b"\n".join(base64.b64decode(user[f"client-{part}-data"]) for part in ("certificate", "key")))
        context.load_cert_chain(pair)
    return context
