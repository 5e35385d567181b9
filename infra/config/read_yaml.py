"""YAML from people: whatever goes wrong is one message, not a traceback of the parser's."""

from __future__ import annotations

from typing import Any

import yaml

_DEEPEST = 30  # levels; a stack file has seven


class YamlError(ValueError):
    """The text is not YAML that can be used; the message says why, in one line."""


def read_yaml(text: str) -> Any:  # noqa: ANN401  whatever stands in the file
    """The content of one document.

    Raises:
        YamlError: it is none.
    """
    try:
        content = yaml.safe_load(text)
    except RecursionError:
        raise YamlError("nested too deeply") from None
    except (yaml.YAMLError, ValueError) as error:  # a date such as 2026-99-99, a number of 5,000 digits
        raise YamlError(" ".join(str(error).split())) from None
    if _deeper_than(content, _DEEPEST):
        raise YamlError(f"nested more than {_DEEPEST} levels deep, or a part of itself")
    return content


def _deeper_than(value: object, levels: int) -> bool:
    """An anchor may name the list that it stands in."""
    if levels == 0:
        return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_deeper_than(one, levels - 1) for one in inner)
