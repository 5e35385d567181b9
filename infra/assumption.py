"""Define a length of time together with its source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """An assumption says how many seconds a step takes, and who says so."""

    what: str
    seconds: float
    source: str
