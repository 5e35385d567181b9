"""One alert rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

RUNBOOKS = "docs/runbooks"
Severity = Literal["critical", "warning", "info", "none"]


@dataclass(frozen=True, kw_only=True)
class Alert:
    """Fires when the expression has been true for that many minutes.

    `component` is the thing that is in trouble: a critical alert of it silences its lesser ones (alertmanager.py).
    """

    name: str
    expression: str
    minutes: int
    component: str
    summary: str
    severity: Severity = "warning"
    labels: Mapping[str, str] = field(default_factory=dict)

    def rule(self) -> dict[str, Any]:
        """The entry in rules.yml."""
        return {
            "alert": self.name,
            "expr": self.expression,
            "for": f"{self.minutes}m",
            "labels": {"severity": self.severity, "component": self.component, **self.labels},
            "annotations": {"summary": self.summary, "runbook": f"{RUNBOOKS}/{self.name}.md"},
        }
