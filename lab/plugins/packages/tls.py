"""The `tls` package: real keys."""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lab.plugins.diffing import Diff, compare
from lab.plugins.package import Call, CheckFailedError, Package, PluginError
from lab.plugins.values import UNKNOWN, Properties

_TOKEN = "tls:index/privateKey:PrivateKey"  # noqa: S105  a type's name
_SECRET = ("privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8")
_COMPUTED = (*_SECRET, "publicKeyOpenssh", "publicKeyPem", "publicKeyFingerprintSha256")


class TlsPackage(Package):
    """PrivateKey with ED25519, the algorithm that the stack uses."""

    name = "tls"

    def check(self, call: Call) -> Properties:
        """One type, one algorithm."""
        if call.type != _TOKEN:
            raise PluginError(f"the lab does not play {call.type}")
        if call.inputs.get("algorithm") != "ED25519":
            raise CheckFailedError([("algorithm", "the lab plays ED25519 only")])
        return call.inputs

    def diff(self, call: Call) -> Diff:
        """The plugin framework's schema carries no flags: every changed input replaces."""
        return compare(call.old_inputs, call.inputs, replacing=call.inputs.keys() | call.old_inputs.keys())

    def create(self, call: Call) -> tuple[str, Properties]:
        """A new key."""
        if call.preview:
            return "", {**call.inputs, **dict.fromkeys(_COMPUTED, UNKNOWN)}
        outputs = {**call.inputs, **_key()}
        return hashlib.sha256(outputs["publicKeyPem"].encode()).hexdigest()[:40], outputs

    def read(self, call: Call) -> tuple[str, Properties, Properties]:
        """Nothing outside the state."""
        return call.id, call.olds, call.old_inputs

    def update(self, call: Call) -> Properties:
        """Never called: every change replaces."""
        raise PluginError(f"{call.type} can't be updated")

    def delete(self, _call: Call) -> None:
        """Nothing outside the state."""

    def secret_outputs(self, _type: str) -> frozenset[str]:
        """The private halves."""
        return frozenset(_SECRET)


def _key() -> dict[str, str]:
    key = Ed25519PrivateKey.generate()
    formats, plain = serialization.PrivateFormat, serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    pkcs8 = key.private_bytes(pem, formats.PKCS8, plain).decode()
    public = key.public_key()
    openssh = public.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
    digest = hashlib.sha256(base64.b64decode(openssh.split()[1])).digest()
    return {
        "privateKeyOpenssh": key.private_bytes(pem, formats.OpenSSH, plain).decode(),
        "privateKeyPem": pkcs8,
        "privateKeyPemPkcs8": pkcs8,
        "publicKeyOpenssh": f"{openssh}\n",
        "publicKeyPem": public.public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo).decode(),
        "publicKeyFingerprintSha256": "SHA256:" + base64.b64encode(digest).decode().rstrip("="),
    }
