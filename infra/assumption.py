"""How long something takes, and who says so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """One length of time, and where it comes from."""

    what: str
    seconds: float
    source: str
