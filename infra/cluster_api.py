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
from urllib.parse import urlencode, urlsplit

import yaml

from infra.names import MONITORING_NAMESPACE, PROMETHEUS

_LONGEST = 4_000_000  # bytes of an answer
# What to do where the API server does not know who asks.
_WAYS: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: ", the kubeconfig may have expired: see docs/how-to/renew-kubeconfig.md"
}


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

    def query(self, expression: str) -> list[dict[str, Any]]:
        """What the cluster's Prometheus answers now: the series of a vector.

        Raises:
            OSError: as `items`.
        """
        path = f"/api/v1/namespaces/{MONITORING_NAMESPACE}/services/{PROMETHEUS}:9090/proxy/api/v1/query"
        answer = self._request("GET", f"{path}?{urlencode({'query': expression})}")
        data = answer.get("data")
        found = data.get("result") if isinstance(data, dict) else None
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise OSError("the answer is no vector of Prometheus")
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
            text = answer.read(_LONGEST)
        except OSError:
            raise  # one of TLS is a ValueError as well
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(f"no HTTP ({type(error).__name__})") from error
        finally:
            made.close()
        content = _object(text)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            said = str((content or {}).get("message") or answer.reason)
            raise OSError(f"{answer.status} {said}{_WAYS.get(answer.status, '')}")
        if content is None:
            raise OSError("the answer is no JSON object")
        return content


def _object(text: bytes) -> dict[str, Any] | None:
    """None where it is something else, for example the page of a proxy."""
    try:
        found = json.loads(text or b"{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _tls(cluster: Mapping[str, str], user: Mapping[str, str]) -> ssl.SSLContext:
    """Both sides' certificates; OpenSSL takes a client's pair from a file only, which is gone at once."""
    context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    # From 3.13 on Python asks for identifiers of keys in every certificate; the engine's own client, in Go, does not.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    with tempfile.TemporaryDirectory() as folder:
        pair = Path(folder, "client.pem")
        pair.write_bytes(b"\n".join(base64.b64decode(user[f"client-{part}-data"]) for part in ("certificate", "key")))
        context.load_cert_chain(pair)
    return context
