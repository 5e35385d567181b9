"""Convert the engine's config, which is one text for each key, to the values that the models read."""

from __future__ import annotations

import json
from typing import Any

from infra.stack_file.reader.plain_scalar import engine_text, read_text
from infra.stack_file.reader.read_yaml import DEEPEST, MOST_VALUES

# These keys hold text even if the text looks like a number.
_TEXTS = ("name", "region", "image", "domain")


def from_engine(name: str, text: str) -> Any:  # noqa: ANN401  the value may be anything
    """Return the value of a key.

    Args:
        name: The key without its namespace.
        text: JSON for lists and mappings, even if `pulumi config set` stored them as text; plain text for scalars.

    Returns:
        None for a key without a value.
    """
    if not text:
        return None
    if text[0] in "{[":
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return text  # the model says what it wants in its place
        return found if _is_moderate(found) else text
    return text if name in _TEXTS else read_text(text)


def _is_moderate(found: Any) -> bool:  # noqa: ANN401  the value may be anything
    """Return whether the value is within the limits of a stack file: its depth and its number of keys and values."""
    level, count = [found], 0
    for _ in range(DEEPEST):
        inner = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, (dict, list))]
        count += len(level) + sum(len(one) for one in level if isinstance(one, dict))
        if not inner or count > MOST_VALUES:
            break
        level = [value for one in inner for value in one]
    else:
        return False
    return count <= MOST_VALUES


def as_engine(name: str, value: Any) -> Any:  # noqa: ANN401  as above
    """Return the value that the program would get for a value read from the file.

    Args:
        name: The key without its namespace.
        value: The value as the file's reader returned it.
    """
    if isinstance(value, (dict, list)):
        return value
    return from_engine(name, value if isinstance(value, str) else engine_text(value))
