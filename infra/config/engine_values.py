"""From what the engine hands over, a text for each key, to the values that the models read."""

from __future__ import annotations

import json
from typing import Any

from infra.models.plain_scalar import engine_text, read_text

# What looks like a number there is a text all the same.
_TEXTS = ("name", "region", "image", "domain")


def from_engine(name: str, text: str) -> Any:  # noqa: ANN401  whatever stands in the stack file
    """The value of a key.

    Args:
        name: The key without its namespace.
        text: JSON for lists and mappings, which `pulumi config set` may also have written as a text; scalars as text.

    Returns:
        None for a key without a value.
    """
    if not text:
        return None
    if text[0] in "{[":
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text  # the model says what it wants in its place
    return text if name in _TEXTS else read_text(text)


def as_engine(name: str, value: Any) -> Any:  # noqa: ANN401  as above
    """The same for a value that was read from the file: what the program would get of it."""
    if isinstance(value, (dict, list)):
        return value
    return from_engine(name, value if isinstance(value, str) else engine_text(value))
