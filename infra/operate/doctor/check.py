"""Define the result of one check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Grade a check; `missing`: an update would fail; `warning`: it would not, or nobody can tell."""

    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Check:
    """Hold one result; `found` never contains a secret, and `mend` says how to fix it (empty if nothing is wrong)."""

    name: str
    status: Status
    found: str
    mend: str = ""


def ok(name: str, found: str) -> Check:
    """Return a result without a fault."""
    return Check(name=name, status=Status.OK, found=found)


def warning(name: str, found: str, mend: str) -> Check:
    """Return a result that somebody should look at; an update works all the same.

    Args:
        name: the check's name.
        found: a description without secrets.
        mend: how to fix it.
    """
    return Check(name=name, status=Status.WARNING, found=found, mend=mend)


def missing(name: str, found: str, mend: str) -> Check:
    """Return a result that makes an update fail.

    Args:
        name: the check's name.
        found: a description without secrets.
        mend: how to fix it.
    """
    return Check(name=name, status=Status.MISSING, found=found, mend=mend)
