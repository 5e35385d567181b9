"""The server's side of joining: an agent shows token and node password, and gets its certificates."""

from __future__ import annotations

import base64
import hmac
import json
import ssl
import tempfile
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from lab.nodes.real.k3s.guest import log, node_password
from lab.nodes.real.k3s.guest.api import Api, ApiError
from lab.nodes.real.k3s.guest.config import Config
from lab.nodes.real.k3s.guest.layout import SUPERVISOR_PORT
from lab.nodes.real.k3s.guest.pki import Pki
from lab.nodes.real.k3s.guest.refusal import RefusalError

JOIN, AUTHORITIES = "/v1-k3s/join", "/cacerts"
_LARGEST = 64 * 1024  # bytes of a request
_TIMEOUT = 20  # seconds that an agent may take to ask


class Supervisor(ThreadingHTTPServer):
    """Listens beside the API server; k3s itself answers on the API server's port."""

    daemon_threads = True

    def __init__(
        self, config: Config, pki: Pki, tokens: tuple[str, str], api: Api, port: int = SUPERVISOR_PORT
    ) -> None:
        self.config, self.pki, self.tokens, self.api = config, pki, tokens, api
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serving = pki.tls / "serving-kube-apiserver"
        self._context.load_cert_chain(serving.with_suffix(".crt"), serving.with_suffix(".key"))
        super().__init__(("0.0.0.0", port), _Handler)  # noqa: S104  the private network's address may come later

    def start(self) -> None:
        """Serves on a thread."""
        threading.Thread(target=self.serve_forever, name="supervisor", daemon=True).start()

    def get_request(self) -> tuple[ssl.SSLSocket, Any]:
        """The handshake is left to the request's own thread."""
        connection, address = super().get_request()
        connection.settimeout(_TIMEOUT)
        wrapped = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return wrapped, address

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that breaks off is no error of the server."""

    def may_join(self, header: str) -> bool:
        """Whether the request's password is one of the cluster's tokens."""
        try:
            password = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")[2]
        except ValueError:
            return False
        return any(hmac.compare_digest(password.encode(), token.encode()) for token in self.tokens)

    def join(self, node: str, password: str, addresses: list[str]) -> dict[str, Any]:
        """Everything that an agent needs.

        Raises:
            RefusalError: another machine has this name.
        """
        node_password.verify(self.api, node, password)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            self.pki.issue_node(folder, node, addresses)
            texts = {path.name: path.read_text() for path in folder.iterdir()}
        for authority in (self.pki.servers, self.pki.clients):
            texts[authority.certificate.name] = authority.certificate.read_text()
        log.info(f"certificates for node {node}")
        keys = ("cluster_cidr", "service_cidr", "cluster_domain", "disable_network_policy")
        return {"files": texts, "cluster": {key: getattr(self.config, key) for key in keys}}


class _Handler(BaseHTTPRequestHandler):
    server: Supervisor

    def do_GET(self) -> None:
        if self.path == AUTHORITIES:
            self._answer(HTTPStatus.OK, self.server.pki.servers.certificate.read_text())
        else:
            self._answer(HTTPStatus.NOT_FOUND, "not found")

    def do_POST(self) -> None:
        text = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), _LARGEST))
        if self.path != JOIN:
            self._answer(HTTPStatus.NOT_FOUND, "not found")
        elif not self.server.may_join(self.headers.get("Authorization", "")):
            self._answer(HTTPStatus.UNAUTHORIZED, "not authorized")
        else:
            self._join(text)

    def _join(self, text: bytes) -> None:
        try:
            wish = json.loads(text)
            answer = self.server.join(str(wish["node"]), str(wish["password"]), [str(one) for one in wish["addresses"]])
        except RefusalError as error:
            log.error(str(error))
            self._answer(HTTPStatus.FORBIDDEN, str(error))
        except (ValueError, KeyError, TypeError) as error:
            self._answer(HTTPStatus.BAD_REQUEST, repr(error))
        except (ApiError, OSError) as error:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        else:
            self._answer(HTTPStatus.OK, json.dumps(answer))

    def _answer(self, status: HTTPStatus, text: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class's name
        """The journal has what matters."""
