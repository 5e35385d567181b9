"""Find private keys in a text, even if a log shows only the beginning or the end of one."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable

_BLANK = r"(?:[ +]|%20)"
_KIND = rf"(?:[A-Z0-9]+{_BLANK})*PRIVATE{_BLANK}KEY(?:{_BLANK}BLOCK)?"
_WHOLE = re.compile(rf"-----BEGIN{_BLANK}{_KIND}-----.*?(?:-----END{_BLANK}{_KIND}-----|\Z)", re.DOTALL)
_END = re.compile(rf"-----END{_BLANK}{_KIND}-----")
# The last word of the line before, with its line end (also JSON's and a URL's), after which a diff or a log may have
# put a margin.
_LINE_BEFORE = re.compile(r"([A-Za-z0-9+/=]+)(?:\\+[rn]|%0[AaDd]|\s)+[^\n]{0,60}\Z")
_SHORT_LINE = 40  # characters; only the last line of a key is shorter


def _beginnings() -> Iterable[str]:
    """Yield the beginnings of private keys in base64, as a Secret or a kubeconfig has them.

    The first letters distinguish a key from a certificate.
    """
    for kind in ("", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED "):
        text = f"-----BEGIN {kind}PRIVATE KEY-----".encode()
        yield b64encode(text).decode()[: len(text) * 8 // 6]


_BREAK = r"(?:\\+[rn]|\s)+"
_ENCODED = re.compile(
    rf"(?:{'|'.join(_beginnings())})[A-Za-z0-9+/]*(?:{_BREAK}[A-Za-z0-9+/]{{40,}})*(?:(?:{_BREAK}[A-Za-z0-9+/]*)?==?)?"
)


def without_keys(text: str, mask: str) -> str:
    """Return the text with a mask in place of each private key."""
    text = _ENCODED.sub(mask, _WHOLE.sub(mask, text))
    found = _END.search(text)
    while found:
        text = text[: _begin(text, found.start())] + mask + text[found.end() :]
        found = _END.search(text)
    return text


def _begin(text: str, end: int) -> int:
    """Return where the lines of a key begin, given that its last line ends before `end`."""
    first = True
    while line := _LINE_BEFORE.search(text, max(end - 8000, 0), end):
        if len(line[1]) < _SHORT_LINE and not first and line.start() > 0:
            break
        end, first = line.start(), False
    return end
