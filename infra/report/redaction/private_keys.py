"""Private keys in a text: whole ones, and those of which a log shows only the beginning or the end."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable

_BLANK = r"(?:[ +]|%20)"
_KIND = rf"(?:[A-Z0-9]+{_BLANK})*PRIVATE{_BLANK}KEY(?:{_BLANK}BLOCK)?"
_WHOLE = re.compile(rf"-----BEGIN{_BLANK}{_KIND}-----.*?(?:-----END{_BLANK}{_KIND}-----|\Z)", re.DOTALL)
_END = re.compile(rf"-----END{_BLANK}{_KIND}-----")
# The word before that ends a line (JSON's and a URL's, too), after which a diff or a log may have put a margin.
_LINE_BEFORE = re.compile(r"([A-Za-z0-9+/=]+)(?:\\+[rn]|%0[AaDd]|\s)+[^\n]{0,60}\Z")
_SHORT_LINE = 40  # characters; only a key's last line is shorter


def _beginnings() -> Iterable[str]:
    """A Secret or a kubeconfig keeps a key as base64; its first letters tell it from a certificate's."""
    for kind in ("", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED "):
        text = f"-----BEGIN {kind}PRIVATE KEY-----".encode()
        yield b64encode(text).decode()[: len(text) * 8 // 6]


_BREAK = r"(?:\\+[rn]|\s)+"
_ENCODED = re.compile(
    rf"(?:{'|'.join(_beginnings())})[A-Za-z0-9+/]*(?:{_BREAK}[A-Za-z0-9+/]{{40,}})*(?:(?:{_BREAK}[A-Za-z0-9+/]*)?==?)?"
)


def without_keys(text: str, mask: str) -> str:
    """The text with a mask in each key's place."""
    text = _ENCODED.sub(mask, _WHOLE.sub(mask, text))
    found = _END.search(text)
    while found:
        text = text[: _begin(text, found.start())] + mask + text[found.end() :]
        found = _END.search(text)
    return text


def _begin(text: str, end: int) -> int:
    """Where the lines of a key begin whose last line is before `end`."""
    first = True
    while line := _LINE_BEFORE.search(text, max(end - 8000, 0), end):
        if len(line[1]) < _SHORT_LINE and not first and line.start() > 0:
            break
        end, first = line.start(), False
    return end
