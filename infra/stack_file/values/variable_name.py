"""Check the names and values of environment variables."""

from __future__ import annotations

import re
from collections.abc import Iterable

# POSIX (Base Definitions, 8.1) defines capital letters, and programs also read small ones. Kubernetes accepts more
# characters, but no shell does.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST = 256  # characters: a longer text was pasted by mistake

# Bytes of NAME=value with its final NUL: Linux refuses to start a program with more (MAX_ARG_STRLEN).
_LONGEST_ENTRY = 131_072
# Limit of all values in bytes: one Secret holds the variables and at most 1 MiB, of which the stack's own take the
# rest.
MOST_BYTES = 1024 * 1024 - 16 * 1024


def variable_problem(name: str) -> str | None:
    """Explain why an environment variable cannot have the name, or return None if it can.

    Args:
        name: The name.
    """
    if not name:
        return "is a variable without a name"
    if len(name) > _MOST:
        return f"is a name of {len(name)} characters; at most {_MOST} are taken"
    if not _NAME.fullmatch(name):
        return "is no name of a variable: letters, digits and `_` are, and the first one is no digit"
    return None


def value_problem(name: str, value: str) -> str:
    """Explain why no program can have the variable in its environment, without a part of the value; empty if one can.

    Args:
        name: The variable's name.
        value: The variable's value, which may be secret.
    """
    if "\0" in value:
        return "has a NUL character, which ends a text"
    size = len(f"{name}={value}".encode(errors="replace")) + 1
    if size > _LONGEST_ENTRY:
        return (
            f"takes {size:,} bytes with its name, and Linux starts no program with more than {_LONGEST_ENTRY:,} in one "
            "variable; put it into the image or the database"
        )
    return ""


def total_problem(values: Iterable[str]) -> str:
    """Explain why the values together are too large for the pods; empty if they are not.

    Args:
        values: The values of all variables.
    """
    size = sum(len(one.encode(errors="replace")) for one in values)
    if size <= MOST_BYTES:
        return ""
    return (
        f"takes {size:,} bytes, and a Secret of Kubernetes holds {MOST_BYTES:,} beside the stack's own variables; put "
        "large values into the image or the database"
    )
