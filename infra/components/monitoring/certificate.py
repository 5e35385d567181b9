"""Find the end of the kubeconfig's client certificate."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime
from typing import Any

import yaml

# X.509's validity is a sequence of two UTCTime values, 13 characters each, until 2049 (RFC 5280, 4.1.2.5).
_VALIDITY = re.compile(rb"\x30\x1e\x17\x0d\d{12}Z\x17\x0d(\d{12}Z)")
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)


def client_certificate_end(kubeconfig: str) -> int | None:
    """Return the end in seconds since the epoch; None if the user has a token or a file instead of a certificate."""
    content: Any = yaml.safe_load(kubeconfig)
    users = content.get("users") if isinstance(content, dict) else None
    data = users[0].get("user", {}).get("client-certificate-data") if users else None
    if not data:
        return None
    # The first certificate is the client's own; its issuers follow.
    pem = _PEM.search(base64.b64decode(data).decode())
    found = _VALIDITY.search(base64.b64decode(pem[1])) if pem else None
    if found is None:
        return None
    return int(datetime.strptime(found[1].decode(), "%y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp())
