"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """`missing`: an update would fail; `warning`: it would not, or nobody can tell."""

    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Check:
    """`found` never has a secret; `mend` says how to fix it and is empty where nothing is wrong."""

    name: str
    status: Status
    found: str
    mend: str = ""


def ok(name: str, found: str) -> Check:
    """As it should be."""
    return Check(name=name, status=Status.OK, found=found)


def warning(name: str, found: str, mend: str) -> Check:
    """Worth a look."""
    return Check(name=name, status=Status.WARNING, found=found, mend=mend)


def missing(name: str, found: str, mend: str) -> Check:
    """In the way of an update."""
    return Check(name=name, status=Status.MISSING, found=found, mend=mend)
