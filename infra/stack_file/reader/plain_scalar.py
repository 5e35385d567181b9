"""Read a scalar without quotes as the engine does: its reader is Go's yaml.v3, which differs from PyYAML."""

from __future__ import annotations

import re
from decimal import Decimal

_NULL = ("", "~", "null", "Null", "NULL")
_TRUE, _FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
# Every program reads and writes these numbers in the same way.
_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_FRACTION = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1  # Go's integers hold no more; the engine rounds other numbers
# Go reads more texts as numbers: other bases, a plus sign, `_` between digits, exponents, fractions without a digit.
_NUMBER = re.compile(
    r"[-+]?(0[xX][0-9a-fA-F]+|0[bBoO][-+]?[0-7]+|[0-9]+|([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?)"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?", re.DOTALL)

_TINY, _HUGE = 1e-6, 1e21  # Go writes numbers beyond these with an exponent
_LONGEST = 60  # characters of a text that a message shows

Scalar = None | bool | int | float | str


class UnfaithfulError(ValueError):
    """The engine would change the value; the message says how to write it instead."""


def read_plain(text: str, *, as_text: bool = False) -> Scalar:
    """Return the value of a scalar without quotes.

    Args:
        text: The scalar as the file has it.
        as_text: Whether the key wants text, for example the value of an environment variable. The engine would still
            read `1.10` as the number 1.1, and `True` as `true`.

    Raises:
        UnfaithfulError: The engine would change the value.
    """
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        if as_text and text not in ("true", "false"):
            raise UnfaithfulError(f"is read as {text.lower()}; {_quoted(text)}")
        return text in _TRUE
    if _INTEGER.fullmatch(text) and len(text) <= len(str(_SMALLEST)) and _SMALLEST <= int(text) <= _LARGEST:
        return int(text)
    if _FRACTION.fullmatch(text):
        value = float(text)
        if as_text and engine_text(value) != text:
            raise UnfaithfulError(f"is read as the number {engine_text(value)}; {_quoted(text)}")
        return value
    if _DATE.fullmatch(text):
        raise UnfaithfulError(f"is read as a moment in time; {_quoted(text)}")
    if _NOT_FINITE.fullmatch(text):
        raise UnfaithfulError(f"is read as a number without end or none at all; {_quoted(text)}")
    if _NUMBER.fullmatch(text.replace("_", "")):
        raise UnfaithfulError(_odd_number(text))
    return text


def read_text(text: str) -> Scalar:
    """Return the value of a scalar that the engine passes on: as text, and without its quotes.

    Args:
        text: The engine's text.
    """
    try:
        return read_plain(text)
    except UnfaithfulError:
        return text


def engine_text(value: Scalar) -> str:
    """Return the text that the engine passes on for a scalar: 59.5 for 59.50, and 2 for 2.0.

    Args:
        value: The scalar.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return _number_text(value) if isinstance(value, float) else str(value)


def _number_text(value: float) -> str:
    """Format a number as Go does (encoding/json, floatEncoder): only tiny and huge ones get an exponent."""
    if value == 0:
        return "0"
    if _TINY <= abs(value) < _HUGE:
        return format(Decimal(repr(value)).normalize(), "f")
    digits, _, exponent = repr(value).partition("e")
    return f"{digits}e{exponent[0]}{exponent[1:].lstrip('0')}"


def _odd_number(text: str) -> str:
    sign, digits = text[: text.startswith("-")], text.lstrip("-")
    if digits.isdecimal() and digits.strip("0") and digits[0] == "0":
        return f"begins with a 0, which some programs read as octal; write {sign}{digits.lstrip('0')}, or " + (
            _quoted(text)
        )
    if _INTEGER.fullmatch(text):
        return f"is a larger number than a program holds; {_quoted(text)}"
    return f"is a number that programs read differently; write it with digits alone, or {_quoted(text)}"


def _quoted(text: str) -> str:
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return "with quotes it is a text: '{}'".format(shown.replace("'", "''"))
