"""Find a value in any spelling: escapes within escapes, folded lines, pieces of base64."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, quote_plus

# This matches a line break in a diff, a log or YAML: the line's end, and everything before the next line's text.
_BREAK = r"(?:\\+[rn]|\s)[\s|>~+-]*"
_FOLD = r"(?:\\+\r?\n\s*\\*)?"  # YAML's double quotes, shells and C break a word like this
_EMPTY = r"\s|%(?:25)*(?:20|09|0[aA]|0[dD])|\\+[nrt]|\\+u00(?:20|a0)|\\+0?(?:040|01[125])|\+|&nbsp;|&\#32;"
_BLANK = rf"\\*(?:{_EMPTY})(?:{_EMPTY}|[|>~-]|\\(?=\s))*"
_FOLDED = re.compile(_FOLD)
_ALPHABET = str.maketrans("-_", "+/")
_NAMED = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
# These characters are doubled, or end a quotation that then begins again.
_DOUBLED = {"'": r"'(?:[\\'\"]*')?", '"': '""', "$": r"\$\$", "%": "%%", "`": "``"}
_SHORTEST = 6  # letters; redact.py uses the same number
_LONGEST = 4096  # a longer value is a file, whose lines are searched for one by one
_NESTED = 300  # base64 within base64 is a login, in a file of logins, in a Secret


def without(text: str, values: Iterable[str], mask: str) -> str:
    """Return the text with a mask in place of each value, in any spelling.

    Args:
        text: the text that is published.
        values: the secrets; one with fewer than six letters that are not blanks is skipped.
        mask: replaces them.
    """
    for value in values:
        for pattern in patterns(value, text):
            text = re.sub(pattern, mask, text)
    return text


def patterns(value: str, text: str) -> list[str]:
    """Return regular expressions that find a value in the text.

    Compiling one takes a while, so there are only those that may match.
    """
    value = value.strip()
    if len("".join(value.split())) < _SHORTEST or len(set(value)) == 1 or len(value) > _LONGEST:
        return []
    raw = value.encode(errors="surrogateescape")
    cores = dict.fromkeys(core for one in _encoded(value) for core in _cores(one.encode(errors="surrogateescape")))
    if len(raw) <= _NESTED:
        cores |= dict.fromkeys(inner for core in _cores(raw) for inner in _cores(core.encode()))
    whole = _unwrapped(text)
    made = [_in_base64(core) for core in cores if len(core) >= _SHORTEST and core in whole]
    if raw.hex() in text.lower():
        made.append(rf"(?i:(?<![0-9a-f]){re.escape(raw.hex())}(?![0-9a-f]))")
    if max(re.findall(r"[A-Za-z0-9]+", value), key=len, default="") in _FOLDED.sub("", text):
        made.append(_joined(value))
    return made


@lru_cache(maxsize=4)
def _unwrapped(text: str) -> str:
    """Return the text as if all base64 in it had no line breaks and one alphabet."""
    text = re.sub(r"%(?:25)*2([bBfF])", lambda code: "+" if code[1] in "bB" else "/", text)
    joined = re.sub(_BREAK, "", text).replace("\\", "")
    return joined.translate(_ALPHABET) + " " + re.sub(r"\s|\\+[rn]|\\", "", text).translate(_ALPHABET)


def _encoded(value: str) -> Iterable[str]:
    """Yield a value as it appears in a file that somebody encodes as a whole."""
    yield value
    for write in (quote, quote_plus):
        yield write(value, safe="", errors="surrogateescape")
    yield value.replace("\\", "\\\\").replace('"', '\\"')


def _cores(raw: bytes) -> Iterable[str]:
    """Yield the base64 letters that come from these bytes alone, for each of the three possible offsets."""
    for before, skipped in enumerate((0, 2, 3)):
        yield b64encode(bytes(before) + raw).decode()[skipped : (before + len(raw)) * 8 // 6]


def _in_base64(core: str) -> str:
    """Return a pattern for base64 in both alphabets, wrapped anywhere, and percent-encoded."""
    either = {"+": r"(?:[+-]|%(?:25)*2[bB])", "/": r"(?:\\*/|_|%(?:25)*2[fF])"}
    joint = rf"(?:{_BREAK})?" if len(core) > _SHORTEST else ""
    return joint.join(either.get(letter, letter) for letter in core)


def _joined(value: str) -> str:
    joint = _FOLD if len(value) <= _NESTED else ""
    parts = re.findall(r"\s+|\\+|.", value, re.DOTALL)
    return joint.join(_one(part) for part in parts)


@lru_cache(maxsize=1024)
def _one(part: str) -> str:
    """Return a pattern for one character, or a run of blanks or backslashes, in every spelling."""
    if part.isspace():
        return _BLANK
    if part[0] == "\\":
        return r"(?:\\+0?134|\\+|(?:%(?:25)*5[cC])+|(?:&\#0*92;)+|(?:\\+u005[cC])+|(?:\\+x5[cC])+)"
    if part.isascii() and part.isalnum():
        return part
    code = ord(part)
    each = part.encode(errors="surrogateescape")
    ways = [
        *([_DOUBLED[part]] if part in _DOUBLED else []),
        "".join(rf"%(?:25)*(?i:{byte:02x})" for byte in each),
        "".join(rf"\\+x(?i:{byte:02x})" for byte in each),
        "".join(rf"\\+0?{byte:03o}" for byte in each),
        "".join(rf"\\+u(?i:{unit:04x})" for unit in _units(part)),
        rf"\\+U(?i:{code:08x})",
        rf"\\+x(?i:{code:02x})",
        rf"&(?:amp;)*(?:\#0*{code};|\#[xX]0*(?i:{code:x});{'|' + _NAMED[part] + ';' if part in _NAMED else ''})",
        rf"\\*{re.escape(part)}",
    ]
    return f"(?:{'|'.join(ways)})"


def _units(character: str) -> Iterable[int]:
    """Return a character's UTF-16 units, which JSON and JavaScript write."""
    raw = character.encode("utf-16-be", errors="surrogatepass")
    return (int.from_bytes(raw[place : place + 2], "big") for place in range(0, len(raw), 2))
