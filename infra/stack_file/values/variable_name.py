"""Names of environment variables, and what their values can be."""

from __future__ import annotations

import re
from collections.abc import Iterable

# POSIX (Base Definitions, 8.1) has capital letters; programs read small ones as well.  Kubernetes takes more, which no
# shell can name.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST = 256  # characters; beyond that something else was pasted

_LONGEST_ENTRY = 131_072  # bytes of NAME=value with its end: Linux starts no program with more (MAX_ARG_STRLEN)
# Bytes of all values: the variables are one Secret, which holds 1 MiB; the stack's own have the rest.
MOST_BYTES = 1024 * 1024 - 16 * 1024


def variable_problem(name: str) -> str | None:
    """Why this can't be the name of an environment variable; None where it can."""
    if not name:
        return "is a variable without a name"
    if len(name) > _MOST:
        return f"is a name of {len(name)} characters; at most {_MOST} are taken"
    if not _NAME.fullmatch(name):
        return "is no name of a variable: letters, digits and `_` are, and the first one is no digit"
    return None


def value_problem(name: str, value: str) -> str:
    """Why no program can have this in its environment; empty where it can.  Nothing of the value is in it."""
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
    """Why the pods can't have all of these values together; empty where they can."""
    size = sum(len(one.encode(errors="replace")) for one in values)
    if size <= MOST_BYTES:
        return ""
    return (
        f"takes {size:,} bytes, and a Secret of Kubernetes holds {MOST_BYTES:,} beside the stack's own variables; put "
        "large values into the image or the database"
    )
