"""Define a pod as the scheduler sees it."""

from __future__ import annotations

from dataclasses import dataclass

from infra.sizing.workload import Amounts


@dataclass(frozen=True, kw_only=True)
class Pod:
    """A pod belongs to a workload and must run on a node of one role."""

    workload: str
    role: str
    requests: Amounts
