"""The certificate authority of one control plane."""

from __future__ import annotations

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_DAYS = 365  # k3s issues client certificates for a year, too
_SKEW = dt.timedelta(minutes=5)


class Authority:
    """Signs server and client certificates; its files stay in `folder` across restarts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "ca.crt").exists():
            self._make_authority()
        self.certificate = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
        key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{folder / 'ca.key'} is not the key that this class writes")
        self.key = key

    def _make_authority(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stagecoach lab")])
        builder = _builder(name, name, key, key).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        _write(self.folder / "ca.key", _pem(key))
        _write(self.folder / "ca.crt", builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def server(self, address: str, names: tuple[str, ...]) -> tuple[Path, Path]:
        """Certificate and key of a server at that address."""
        addresses = [x509.IPAddress(ipaddress.ip_address(one)) for one in (address, "10.43.0.1")]
        alternatives = x509.SubjectAlternativeName([*(x509.DNSName(name) for name in names), *addresses])
        return self._issue("server", [NameOID.COMMON_NAME], ["server"], ExtendedKeyUsageOID.SERVER_AUTH, alternatives)

    def service_accounts(self) -> Path:
        """The key that signs service-account tokens: RSA, as the API server's issuer needs."""
        path = self.folder / "service-accounts.key"
        if not path.exists():
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            formats = serialization.PrivateFormat.TraditionalOpenSSL
            _write(path, key.private_bytes(serialization.Encoding.PEM, formats, serialization.NoEncryption()))
        return path

    def client(self, file: str, user: str, group: str) -> tuple[Path, Path]:
        """Certificate and key of a user in a group, as the API server reads them."""
        kinds = [NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME]
        return self._issue(file, kinds, [user, group], ExtendedKeyUsageOID.CLIENT_AUTH, None)

    def _issue(
        self,
        file: str,
        kinds: list[x509.ObjectIdentifier],
        values: list[str],
        usage: x509.ObjectIdentifier,
        alternatives: x509.SubjectAlternativeName | None,
    ) -> tuple[Path, Path]:
        certificate, key_file = self.folder / f"{file}.crt", self.folder / f"{file}.key"
        if certificate.exists():
            return certificate, key_file
        key = ec.generate_private_key(ec.SECP256R1())
        pairs = zip(kinds, values, strict=True)
        subject = x509.Name([x509.NameAttribute(kind, value) for kind, value in pairs])
        builder = _builder(subject, self.certificate.subject, key, self.key)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        if alternatives:
            builder = builder.add_extension(alternatives, critical=False)
        _write(key_file, _pem(key))
        _write(certificate, builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        return certificate, key_file


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    """With both keys' identifiers and what the key is for: Python from 3.13 on believes no chain without them."""
    now = dt.datetime.now(dt.UTC)
    of_key = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    of_signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + dt.timedelta(days=_DAYS))
        .add_extension(of_key, critical=False)
        .add_extension(of_signer, critical=False)
        .add_extension(_usage(signs=key is signer), critical=True)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    """What a key is for, as k3s writes it: an authority's signs certificates, every other one is for TLS."""
    return x509.KeyUsage(
        digital_signature=True,
        key_encipherment=not signs,
        key_cert_sign=signs,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    formats = serialization.PrivateFormat
    return key.private_bytes(serialization.Encoding.PEM, formats.PKCS8, serialization.NoEncryption())


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
