"""Check the names of alert receivers."""

from __future__ import annotations

import re

from infra.names import HEARTBEAT_RECEIVER, NOBODY_RECEIVER

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
MOST_RECEIVERS = 50  # Alertmanager's config is in one Secret, which holds at most 1 MiB
_RESERVED = (NOBODY_RECEIVER, HEARTBEAT_RECEIVER)


def receiver_problem(name: str) -> str | None:
    """Explain why a receiver cannot have the name, or return None if it can.

    Alertmanager refuses its whole config if two receivers have the same name.

    Args:
        name: The name.
    """
    if not _NAME.fullmatch(name):
        return "a name has small letters, digits and hyphens, a letter first, at most 31"
    if name in _RESERVED:
        return "the name is taken: the stack has a receiver of its own that is called so"
    return None
