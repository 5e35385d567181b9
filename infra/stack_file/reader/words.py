"""Put pydantic's errors into the words of a stack file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.stack_file.reader.plain_scalar import engine_text

_WHOLE = "a whole number, without a unit"  # it is also the answer to an amount with a unit, such as 60 GB or 60Gi
_WHOLE_TYPES = ("int_parsing", "int_type", "int_from_float", "int_parsing_size")
_BOUNDS = {
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "greater_than": "above {gt}",
    "less_than": "below {lt}",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "a text that matches {pattern}",
    "literal_error": "one of {expected}",
}
_LISTS = ("tuple_type", "list_type")
_MAPPINGS = ("dict_type", "model_type", "model_attributes_type", "dict_attributes_type")


def words(error: Mapping[str, Any]) -> str:
    """Return what the field allows, without a full stop.

    Args:
        error: One of the errors that `ValidationError.errors()` lists.
    """
    kind, given, context = str(error["type"]), error["input"], error.get("ctx", {})
    if kind == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    if kind in _WHOLE_TYPES:
        return _WHOLE
    if kind == "string_type" and isinstance(given, (bool, int, float)):
        return f"is read as a number or a truth value; with quotes it is a text: '{engine_text(given)}'"
    found = _bounds(kind, context) or _kinds(kind, given)
    return found or str(error["msg"])


def _bounds(kind: str, context: Mapping[str, Any]) -> str:
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**context)
    if kind in ("too_short", "too_long"):
        most = kind == "too_long"
        bound = context["max_length" if most else "min_length"]
        items = f"{bound} item" if bound == 1 else f"{bound} items"
        return f"at {'most' if most else 'least'} {items}, and there {_are(context['actual_length'])}"
    return ""


def _kinds(kind: str, given: object) -> str:
    if kind == "string_type":
        return "is empty; write a text or remove it" if given is None else "one text, no list and no mapping"
    if kind in _LISTS:
        return "a list: each item on a line of its own behind a hyphen, or all of them in brackets, [a, b]"
    if kind in _MAPPINGS:
        return "keys with values below it, no single value and no list"
    if kind in ("bool_type", "bool_parsing"):
        return "true or false"
    return ""


def _are(count: int | None) -> str:
    return {None: "are more", 0: "is none", 1: "is one"}.get(count, f"are {count}")
