"""A node's password: kept on its machine, compared with the cluster's secret, refused when it changed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from http import HTTPStatus
from pathlib import Path

from lab.nodes.real.k3s.guest import files
from lab.nodes.real.k3s.guest.api import Api, ApiError
from lab.nodes.real.k3s.guest.refusal import RefusalError

_SECRETS = "/api/v1/namespaces/kube-system/secrets"
# k3s's format: $version:salt:log2 of N:r:p:hash
_VERSION, _LOG2_N, _R, _P, _SALT, _LENGTH = 1, 15, 8, 1, 8, 64
_MEMORY = 64 * 1024 * 1024  # bytes that scrypt may take
REJECTED = (
    "Node password rejected, duplicate hostname or contents of '/etc/rancher/node/password' may not match server "
    "node-passwd entry, try enabling a unique node name with the --with-node-id flag"
)


def read_or_make(path: Path) -> str:
    """The machine's own password; made at the first start."""
    if not path.exists() or not path.read_text().strip():
        files.write(path, f"{secrets.token_hex(16)}\n")
    return path.read_text().strip()


def verify(api: Api, node: str, password: str) -> None:
    """Compares with the secret `NODE.node-password.k3s`, or makes it for a new node.

    Raises:
        RefusalError: another machine has joined under this name.
        ApiError: the API server refused for another reason.
    """
    name = secret_name(node)
    found = api.get(f"{_SECRETS}/{name}")
    if found is None:
        data = {"hash": base64.b64encode(hash_of(password).encode()).decode()}
        metadata = {"name": name, "namespace": "kube-system"}
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "immutable": True, "data": data}
        api.request("POST", _SECRETS, body)
        return
    if not matches(base64.b64decode(found["data"]["hash"]).decode(), password):
        raise RefusalError(REJECTED)


def forget(api: Api, node: str) -> None:
    """A node that was deleted may come back as another machine."""
    try:
        api.request("DELETE", f"{_SECRETS}/{secret_name(node)}")
    except ApiError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise


def secret_name(node: str) -> str:
    """The secret's name in kube-system."""
    return f"{node}.node-password.k3s"


def hash_of(password: str, salt: bytes | None = None) -> str:
    """The text that the secret holds."""
    salt = salt or secrets.token_bytes(_SALT)
    value = hashlib.scrypt(password.encode(), salt=salt, n=2**_LOG2_N, r=_R, p=_P, maxmem=_MEMORY, dklen=_LENGTH)
    return f"${_VERSION}:{salt.hex()}:{_LOG2_N}:{_R}:{_P}:{base64.b64encode(value).decode().rstrip('=')}"


def matches(stored: str, password: str) -> bool:
    """Whether the password has this hash."""
    salt = bytes.fromhex(stored.split(":")[1])
    return hmac.compare_digest(stored, hash_of(password, salt))
