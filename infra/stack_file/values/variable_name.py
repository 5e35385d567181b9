"""Names of environment variables."""

from __future__ import annotations

import re

# POSIX (Base Definitions, 8.1) has capital letters; programs read small ones as well.  Kubernetes takes more, which no
# shell can name.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST = 256  # characters; beyond that something else was pasted


def variable_problem(name: str) -> str | None:
    """Why this can't be the name of an environment variable; None where it can."""
    if not name:
        return "is a variable without a name"
    if len(name) > _MOST:
        return f"is a name of {len(name)} characters; at most {_MOST} are taken"
    if not _NAME.fullmatch(name):
        return "is no name of a variable: letters, digits and `_` are, and the first one is no digit"
    return None
