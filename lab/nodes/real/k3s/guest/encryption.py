"""Secrets at rest: the API server's encryption configuration, as k3s makes it."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path

from lab.nodes.real.k3s.guest import files
from lab.nodes.real.k3s.guest.layout import Layout
from lab.nodes.real.k3s.guest.refusal import RefusalError


def keep_encryption(layout: Layout, *, wanted: bool) -> Path | None:
    """The configuration's path; the key is made at the very first start, because k3s can't add it later.

    Raises:
        RefusalError: encryption is asked for in a cluster that was begun without it.
    """
    path = layout.credentials / "encryption-config.json"
    if path.exists():
        return path
    if not wanted:
        return None
    if (layout.server / "db").exists():
        raise RefusalError("secrets-encryption cannot be enabled on an existing server that was started without it")
    files.write(path, json.dumps(configuration(secrets.token_bytes(32)), indent=1))
    return path


def configuration(key: bytes) -> dict[str, object]:
    """AES-CBC for what is written; what was written before is still read."""
    provider = {"aescbc": {"keys": [{"name": "aescbckey", "secret": base64.b64encode(key).decode()}]}}
    return {
        "kind": "EncryptionConfiguration",
        "apiVersion": "apiserver.config.k8s.io/v1",
        "resources": [{"resources": ["secrets"], "providers": [provider, {"identity": {}}]}],
    }
