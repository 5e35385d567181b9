"""Check people's SSH public keys as sshd reads them in `authorized_keys`."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated

from pydantic import AfterValidator

from infra.stack_file.strict import HiddenValueError

# The kinds are those of `man sshd`, "AUTHORIZED_KEYS FILE FORMAT", without DSA, which OpenSSH 10.0 removed. Each has
# the lengths in bytes of the parts that follow the kind in such a key; None is a length that varies (RFC 8709, RFC
# 5656, OpenSSH's PROTOCOL.u2f).
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
_LENGTH = 4  # bytes of the number before each part, which is the part's length (RFC 4251, section 5)


def public_key(text: str) -> str:
    """Return the line without surrounding blanks; options before the key are kept.

    Args:
        text: One line of an `authorized_keys` file.

    Raises:
        HiddenValueError: The text is a private key, which no message repeats.
        ValueError: The text is not a public key.
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
    """Return whether the encoded key has the kind that the line names, and the parts of such a key."""
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
    """Return the parts of a key, or an empty list if the key is cut off or its base64 is not canonical."""
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
