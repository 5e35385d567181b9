"""List the spellings of a value in JSON, URLs, HTML, Markdown, YAML, shell words and base64."""

from __future__ import annotations

import html
import json
import re
import shlex
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

from infra.printable import one_line

# Go's encoder escapes characters that could be HTML; other encoders escape the slash.
_GO = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def spellings(value: str) -> set[str]:
    """Return a value, all of its spellings, and each of them once more as a JSON text."""
    plain = {
        value,
        *_in_url(value),
        *_in_base64(value.encode(errors="surrogateescape")),
        html.escape(value),
        html.escape(value, quote=False),
        html.escape(value).replace("&quot;", "&#34;").replace("&#x27;", "&#39;"),  # Go's spelling
        value.replace("'", "''"),
        value.replace("|", "\\|"),  # Markdown's spelling
        " ".join(value.split()),
        one_line(value),
        shlex.quote(value).strip("'"),
        repr(value)[1:-1],
        *_in_json(value),
    }
    return plain | {nested for one in plain for nested in _in_json(one)}


def _in_json(value: str) -> Iterable[str]:
    for only_ascii in (True, False):
        written = json.dumps(value, ensure_ascii=only_ascii)[1:-1]
        yield from (written, written.translate(_GO), written.replace("/", "\\/"))


def _in_url(value: str) -> Iterable[str]:
    """Yield a value as Python, Go and JavaScript encode it in URLs, with upper-case and lower-case digits.

    They differ in the characters that they leave alone.
    """
    for safe in ("", "/", "!'()*~", "$&+,/:;=@", "$&+=:@", "$&+,;=", ";,/?:@&=+$!*'()~"):
        for written in (
            quote(value, safe=safe, errors="surrogateescape"),
            quote_plus(value, safe=safe, errors="surrogateescape"),
        ):
            yield from (written, re.sub(r"%[0-9A-F]{2}", lambda code: code[0].lower(), written))


def _in_base64(value: bytes) -> Iterable[str]:
    """Yield the value's base64, alone and inside a longer text such as `user:password`.

    The second form has only the letters that come from the value alone.
    """
    for encode in (b64encode, urlsafe_b64encode):
        yield encode(value).decode()
        for before, skipped in enumerate((0, 2, 3)):
            yield encode(bytes(before) + value).decode()[skipped : (before + len(value)) * 8 // 6]
