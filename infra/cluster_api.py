"""Send the few requests that an update makes to a Kubernetes API server beside the engine's own."""

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
# Messages add this advice to the API server's answer.
_WAYS: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: ", the kubeconfig may have expired: see docs/how-to/renew-kubeconfig.md"
}


class Cluster:
    """A client sends each request over a new connection, because servers restart during an update."""

    def __init__(self, kubeconfig: str, seconds: float = 10) -> None:
        """Read the kubeconfig.

        Args:
            kubeconfig: The text of a kubeconfig with a client certificate.
            seconds: The longest time that one request may take.

        Raises:
            ValueError: The text is not a kubeconfig with a client certificate.
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
        """Return the items of a list.

        Args:
            path: The list's path in the API.

        Raises:
            OSError: The server did not answer, refused, or returned something else.
        """
        found = self._request("GET", path).get("items")
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise OSError("the answer is no list of objects")
        return found

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Ask the cluster's Prometheus for the current value of an expression.

        Args:
            expression: A PromQL expression whose result is an instant vector.

        Returns:
            The series of the vector, as Prometheus's API writes them.

        Raises:
            OSError: The server did not answer, refused, or returned something else.
        """
        path = f"/api/v1/namespaces/{MONITORING_NAMESPACE}/services/{PROMETHEUS}:9090/proxy/api/v1/query"
        answer = self._request("GET", f"{path}?{urlencode({'query': expression})}")
        data = answer.get("data")
        found = data.get("result") if isinstance(data, dict) else None
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise OSError("the answer is no vector of Prometheus")
        return found

    def delete(self, path: str, uid: str) -> None:
        """Delete an object only if it has this identifier, so that a newer object of the same name stays.

        Args:
            path: The object's path in the API.
            uid: The identifier in the object's metadata.

        Raises:
            OSError: The server did not answer, or refused.
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
            raise  # errors of TLS are OSErrors, and some are ValueErrors as well
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
    """Return the JSON object of the answer, or None if it is something else, for example a proxy's error page."""
    try:
        found = json.loads(text or b"{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _tls(cluster: Mapping[str, str], user: Mapping[str, str]) -> ssl.SSLContext:
    """Build a TLS context from the kubeconfig; OpenSSL reads the client's certificate only from a file."""
    context = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
    # Python 3.13 and newer require key identifiers in every certificate. The engine's own client, in Go, does not.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    with tempfile.TemporaryDirectory() as folder:
        pair = Path(folder, "client.pem")
        pair.write_bytes(b"\n".join(base64.b64decode(user[f"client-{part}-data"]) for part in ("certificate", "key")))
        context.load_cert_chain(pair)
    return context
