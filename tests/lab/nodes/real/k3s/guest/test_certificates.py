"""openssl makes them; the decision to renew is ours."""

import datetime as dt
import shutil
import ssl

import pytest

from lab.nodes.real.k3s.guest.certificates import Authority, alternatives, due, end_of, parse_end, service_accounts

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl")


class TestDue:
    @pytest.mark.parametrize(("days", "expected"), [(365, False), (91, False), (89, True), (0, True), (-1, True)])
    def test_ninety_days(self, days, expected):
        assert due(NOW + dt.timedelta(days=days), NOW) is expected


def test_end_as_openssl_prints_it():
    expected = dt.datetime(2027, 11, 4, 9, 8, 7, tzinfo=dt.UTC)
    assert parse_end("notAfter=Nov  4 09:08:07 2027 GMT\n") == expected


def test_names_and_addresses_once():
    names = ["localhost", "10.43.0.1", "", "localhost", "fd00::1"]
    assert alternatives(names) == "DNS:localhost,IP:10.43.0.1,IP:fd00::1"


@needs_openssl
class TestAuthority:
    def test_client_is_kept_and_an_ending_one_is_renewed(self, tmp_path, monkeypatch):
        authority, stem = Authority(tmp_path, "client-ca"), tmp_path / "client-admin"
        authority.client(stem, "system:admin", "system:masters")
        first = stem.with_suffix(".crt").read_text()
        authority.client(stem, "system:admin", "system:masters")
        assert stem.with_suffix(".crt").read_text() == first
        monkeypatch.setattr("lab.nodes.real.k3s.guest.certificates._DAYS", 80)
        stem.with_suffix(".crt").unlink()
        authority.client(stem, "system:admin", "system:masters")
        short = stem.with_suffix(".crt").read_text()
        monkeypatch.undo()
        authority.client(stem, "system:admin", "system:masters")
        assert stem.with_suffix(".crt").read_text() != short
        left = end_of(stem.with_suffix(".crt")) - dt.datetime.now(dt.UTC)
        assert 364 <= left.days <= 365

    def test_a_broken_certificate_is_made_anew(self, tmp_path):
        """A power cut may have left an empty file."""
        authority, stem = Authority(tmp_path, "client-ca"), tmp_path / "client-admin"
        stem.with_suffix(".crt").write_text("")
        authority.client(stem, "system:admin")
        assert end_of(stem.with_suffix(".crt")).year > 2000

    def test_authority_stays(self, tmp_path):
        first = Authority(tmp_path, "server-ca").certificate.read_text()
        assert Authority(tmp_path, "server-ca").certificate.read_text() == first

    def test_server_is_trusted_by_its_authority(self, tmp_path):
        """Python's own check of chain, names and usage."""
        authority = Authority(tmp_path, "server-ca")
        authority.server(tmp_path / "serving", "kube-apiserver", ["localhost", "127.0.0.1"])
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(tmp_path / "serving.crt", tmp_path / "serving.key")
        client = ssl.create_default_context(cafile=str(authority.certificate))
        client.verify_flags |= ssl.VERIFY_X509_STRICT  # as Python from 3.13 on
        shake(client.wrap_bio, server.wrap_bio)

    def test_keys_are_roots_own(self, tmp_path):
        authority = Authority(tmp_path, "server-ca")
        service_accounts(tmp_path / "service.key")
        assert authority.key.stat().st_mode & 0o777 == 0o600
        assert (tmp_path / "service.key").stat().st_mode & 0o777 == 0o600


def shake(client_of, server_of):
    """A TLS handshake in memory."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_of(to_client, to_server, server_hostname="127.0.0.1")
    server = server_of(to_server, to_client, server_side=True)
    for _ in range(4):
        for one in (client, server):
            try:
                one.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert client.getpeercert()["subject"] == ((("commonName", "kube-apiserver"),),)
