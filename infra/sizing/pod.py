"""A pod, as the scheduler sees it."""

from __future__ import annotations

from dataclasses import dataclass

from infra.sizing.workload import Amounts


@dataclass(frozen=True, kw_only=True)
class Pod:
    """One pod of a workload, and on which role of node it must run."""

    workload: str
    role: str
    requests: Amounts
