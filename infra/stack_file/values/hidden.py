"""What a person wrote, as a message or a comparison may repeat it: nothing that is as good as a password."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

HIDDEN = "[hidden]"
# `user:password@` behind a scheme or at a word's beginning; a digest of an image has an @ in front of it as well.
_LOGIN = re.compile(r"(?:(?<=://)|(?<![\w./:@+-]))([^\s/:@'\"`,{}\[\]()]*):(?!//)([^\s'\"`]+)@(?!sha\d)")
# A private key, and lines of one: OpenSSH's, a PEM file once more in base64, DER.
_PRIVATE_KEY = re.compile(r"PRIVATE KEY|b3BlbnNzaC1rZXktdjE|LS0tLS1CRUdJTi|\bMII[A-Za-z0-9+/]{30,}")


def without_logins(text: str) -> str:
    """The text without passwords of URLs and of `user:password@host`."""
    return _LOGIN.sub(rf"\1:{HIDDEN}@", text)


def without_path(url: str) -> str:
    """A webhook's URL: whose it is, and not what lets a caller in."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/{HIDDEN}"


def holds_private_key(text: str) -> bool:
    """Whether a private key, or the beginning of one, is in it."""
    return bool(_PRIVATE_KEY.search(text))
