"""Requests to a server with the lab's own certificates."""

import base64
import json
import ssl
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import urllib3
import yaml

from lab.nodes.simulated.api import Api, ApiError
from lab.nodes.simulated.certificates import Authority

PEACE = {"kind": "Namespace", "metadata": {"name": "shop"}}


class Handler(BaseHTTPRequestHandler):
    """Says who asked; everything but one path is forbidden."""

    def do_GET(self):
        fine = self.path == "/api/v1/namespaces/shop"
        subject = dict(pair for (pair,) in self.connection.getpeercert()["subject"])
        content = PEACE | {"asked": subject["commonName"]} if fine else {"reason": "Forbidden", "message": "not you"}
        body = json.dumps(content).encode()
        self.send_response(200 if fine else 403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "tls")


@pytest.fixture
def url(authority):
    """A server that asks for a client's certificate as Python 3.13 and later look at one, whatever runs here."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.folder / "ca.crt")
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_cert_chain(*authority.server("127.0.0.1", ()))
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def kubeconfig(url, authority, signer=None):
    """Of a user that `signer` vouches for."""
    certificate, key = (signer or authority).client("client-shop", "shop", "system:masters")
    files = {"certificate-authority": authority.folder / "ca.crt", "client-certificate": certificate, "client-key": key}
    data = {f"{name}-data": base64.b64encode(file.read_bytes()).decode() for name, file in files.items()}
    return yaml.safe_dump({"clusters": [{"cluster": {"server": url} | data}], "users": [{"user": data}]})


class TestApi:
    def test_asks_as_the_kubeconfigs_user(self, url, authority):
        assert Api(kubeconfig(url, authority)).get("/api/v1/namespaces/shop") == PEACE | {"asked": "shop"}

    def test_a_refusal_has_the_servers_words(self, url, authority):
        with pytest.raises(ApiError, match="not you") as caught:
            Api(kubeconfig(url, authority)).get("/api/v1/nodes")
        assert (caught.value.status, caught.value.reason) == (403, "Forbidden")

    def test_a_server_of_another_authority_is_not_believed(self, url, authority, tmp_path):
        with pytest.raises(urllib3.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
            Api(kubeconfig(url, Authority(tmp_path / "other"), signer=authority)).get("/api/v1/nodes")

    def test_no_key_stays_on_the_disk(self, url, authority, tmp_path, monkeypatch):
        """This process may be killed a moment later."""
        folder = tmp_path / "tmp"
        folder.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        api = Api(kubeconfig(url, authority))
        assert list(folder.iterdir()) == []
        assert api.get("/api/v1/namespaces/shop")

    def test_the_lab_as_python_from_3_13_on_checks_it(self, url, authority):
        """They want to know by which key a certificate was signed, and what a signing key is for."""
        api = Api(kubeconfig(url, authority))
        api._pool.connection_pool_kw["ssl_context"].verify_flags |= ssl.VERIFY_X509_STRICT
        assert api.get("/api/v1/namespaces/shop")
