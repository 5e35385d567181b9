"""When the kubeconfig's client certificate ends."""

import base64

import pytest
import yaml
from cryptography import x509

from infra.components.monitoring.certificate import client_certificate_end
from lab.nodes.simulated.certificates import Authority


def kubeconfig(*certificates):
    data = base64.b64encode(b"".join(certificates)).decode()
    return yaml.safe_dump({"users": [{"name": "default", "user": {"client-certificate-data": data}}]})


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


def end_of(pem):
    return int(x509.load_pem_x509_certificate(pem).not_valid_after_utc.timestamp())


class TestEnd:
    def test_of_a_certificate(self, authority):
        pem = authority.client("admin", "system:admin", "system:masters")[0].read_bytes()
        assert client_certificate_end(kubeconfig(pem)) == end_of(pem)

    def test_of_the_clients_own(self, authority):
        """k3s appends the issuer, which ends years later."""
        pem = authority.client("admin", "system:admin", "system:masters")[0].read_bytes()
        assert client_certificate_end(kubeconfig(pem, (authority.folder / "ca.crt").read_bytes())) == end_of(pem)

    @pytest.mark.parametrize("user", [{"token": "x"}, {"client-certificate": "/a/file"}, {}])
    def test_without_one(self, user):
        assert client_certificate_end(yaml.safe_dump({"users": [{"name": "a", "user": user}]})) is None

    @pytest.mark.parametrize("text", ["server: https://127.0.0.1:6443", "", "users: []"])
    def test_without_users(self, text):
        assert client_certificate_end(text) is None

    def test_of_something_else(self):
        assert client_certificate_end(kubeconfig(b"no certificate")) is None
