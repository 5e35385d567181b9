"""SSH public keys of people, as sshd reads them in `authorized_keys`."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated

from pydantic import AfterValidator

from infra.models.strict import HiddenValueError

# `man sshd`, "AUTHORIZED_KEYS FILE FORMAT", without DSA, which OpenSSH 10.0 removed.
_TYPES = (
    "ssh-ed25519",
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
)
_KEY = re.compile(rf"(?:^|\s)({'|'.join(map(re.escape, _TYPES))})\s+([A-Za-z0-9+/]+=*)(?:\s|$)")
_LENGTH = 4  # bytes that a text's length takes (RFC 4251, section 5)


def public_key(text: str) -> str:
    """The line without blanks around it; options before the key stay.

    Raises:
        HiddenValueError: it is a private key, which no message repeats.
        ValueError: it is no public key.
    """
    line = text.strip()
    if "PRIVATE KEY" in line:
        raise HiddenValueError(
            "is a private key: write the line of the file that ends in .pub, and make a new key, because whoever reads "
            "this file has the old one"
        )
    if "\n" in line or "\r" in line:
        raise ValueError("has more than one line; write each key as an item of its own")
    found = _KEY.search(line)
    if found is None:
        raise ValueError(f"is no public key: write the line of the file that ends in .pub, which has {_TYPES[0]} or so")
    if not _holds(found[2], found[1]):
        raise ValueError(f"is cut off or changed: what follows {found[1]} is no key of that kind; copy the line again")
    return line


def _holds(encoded: str, kind: str) -> bool:
    """Whether the key says of itself what the line says, and has something behind it."""
    try:
        blob = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return False
    parts = []
    while len(blob) >= _LENGTH:
        size = int.from_bytes(blob[:_LENGTH], "big")
        parts.append(blob[_LENGTH : _LENGTH + size])
        if len(parts[-1]) < size:
            return False
        blob = blob[_LENGTH + size :]
    return not blob and len(parts) > 1 and parts[0] == kind.encode()


PublicKey = Annotated[str, AfterValidator(public_key)]
