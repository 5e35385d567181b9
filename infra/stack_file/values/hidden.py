"""Remove passwords and keys from texts that a message or a comparison repeats."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

HIDDEN = "[hidden]"
# The pattern finds `user:password@` after a scheme or at the start of a word. It skips the @ of an image's digest.
_LOGIN = re.compile(r"(?:(?<=://)|(?<![\w./:@+-]))([^\s/:@'\"`,{}\[\]()]*):(?!//)([^\s'\"`]+)@(?!sha\d)")
# The pattern finds private keys and single lines of them: OpenSSH's, PEM in base64, and DER.
_PRIVATE_KEY = re.compile(r"PRIVATE KEY|b3BlbnNzaC1rZXktdjE|LS0tLS1CRUdJTi|\bMII[A-Za-z0-9+/]{30,}")


def without_logins(text: str) -> str:
    """Return the text without the passwords of URLs and of `user:password@host`.

    Args:
        text: Any text.
    """
    return _LOGIN.sub(rf"\1:{HIDDEN}@", text)


def without_path(url: str) -> str:
    """Return a webhook's URL with its host, but without the parts that authorise a caller.

    Args:
        url: The URL.
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/{HIDDEN}"


def holds_private_key(text: str) -> bool:
    """Return whether the text contains a private key, or the start of one.

    Args:
        text: Any text.
    """
    return bool(_PRIVATE_KEY.search(text))
