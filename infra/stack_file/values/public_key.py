"""SSH public keys of people, as sshd reads them in `authorized_keys`."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated

from pydantic import AfterValidator

from infra.stack_file.strict import HiddenValueError

# `man sshd`, "AUTHORIZED_KEYS FILE FORMAT", without DSA, which OpenSSH 10.0 removed; with the lengths in bytes of what
# stands in such a key behind its kind, where they are fixed (RFC 8709, RFC 5656, OpenSSH's PROTOCOL.u2f).
_TYPES: dict[str, tuple[int | bytes | None, ...]] = {
    "ssh-ed25519": (32,),
    "ssh-rsa": (None, None),
    "ecdsa-sha2-nistp256": (b"nistp256", 65),
    "ecdsa-sha2-nistp384": (b"nistp384", 97),
    "ecdsa-sha2-nistp521": (b"nistp521", 133),
    "sk-ssh-ed25519@openssh.com": (32, None),
    "sk-ecdsa-sha2-nistp256@openssh.com": (b"nistp256", 65, None),
}
_RSA = "ssh-rsa"
_RSA_BITS = 1024  # sshd_config, RequiredRSASize
_OPTION = (
    r"(?:(?:no-)?(?:agent-forwarding|port-forwarding|pty|user-rc|x11-forwarding|touch-required)|restrict|cert-authority"
    r"|verify-required"
    r"|(?:command|environment|expiry-time|from|permitlisten|permitopen|principals|tunnel)=\"(?:[^\"\\]|\\.)*\")"
)
_KEY = re.compile(
    rf"(?:(?P<options>{_OPTION}(?:,{_OPTION})*)[ \t]+)?(?P<kind>{'|'.join(map(re.escape, _TYPES))})[ \t]+"
    r"(?P<blob>[A-Za-z0-9+/]+=*)(?:[ \t].*)?",
    re.IGNORECASE,
)
_SOMEWHERE = re.compile(rf"(?:^|[ \t])(?:{'|'.join(map(re.escape, _TYPES))})[ \t]+[A-Za-z0-9+/]+=*(?:[ \t]|$)")
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
    if any(not one.isprintable() and one != "\t" for one in line):
        raise ValueError("has a character that can't be seen; copy the line again")
    if line.startswith("#"):
        raise ValueError("is a comment to sshd, which lets nobody in by it; remove the # or the line")
    found = _KEY.fullmatch(line)
    if found is None and _SOMEWHERE.search(line):
        raise ValueError("has something before the key that is no option of sshd, which then ignores the line")
    if found is None or found["kind"] not in _TYPES:
        first = next(iter(_TYPES))
        raise ValueError(f"is no public key: write the line of the file that ends in .pub, which has {first} or so")
    if not _holds(found["blob"], found["kind"]):
        kind = found["kind"]
        raise ValueError(f"is cut off or changed: what follows {kind} is no key of that kind; copy the line again")
    return line


def _holds(encoded: str, kind: str) -> bool:
    """Whether the key says of itself what the line says, and has behind it what such a key has."""
    parts = _parts(encoded)
    if not parts or parts[0] != kind.encode() or len(parts) != len(_TYPES[kind]) + 1:
        return False
    for part, expected in zip(parts[1:], _TYPES[kind], strict=True):
        if expected is None and not part:
            return False
        if expected is not None and expected != (len(part) if isinstance(expected, int) else part):
            return False
    return kind != _RSA or int.from_bytes(parts[2], "big").bit_length() >= _RSA_BITS


def _parts(encoded: str) -> list[bytes]:
    """The texts of a key; empty where it is cut off, or is not the base64 that somebody would write."""
    try:
        blob = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return []
    if base64.b64encode(blob).decode() != encoded:
        return []
    parts = []
    while len(blob) >= _LENGTH:
        size = int.from_bytes(blob[:_LENGTH], "big")
        parts.append(blob[_LENGTH : _LENGTH + size])
        if len(parts[-1]) < size:
            return []
        blob = blob[_LENGTH + size :]
    return [] if blob else parts


PublicKey = Annotated[str, AfterValidator(public_key)]
