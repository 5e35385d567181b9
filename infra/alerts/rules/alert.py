"""Define an alert rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from infra.alerts.speed import faster, faster_expression

RUNBOOKS = "docs/runbooks"
Severity = Literal["critical", "warning", "info", "none"]


@dataclass(frozen=True, kw_only=True)
class Alert:
    """Fire when the expression has been true for that many minutes.

    `component` names the part that is in trouble: its critical alert silences its less severe ones (alertmanager.py).
    """

    name: str
    expression: str
    minutes: int
    component: str
    summary: str
    severity: Severity = "warning"
    labels: Mapping[str, str] = field(default_factory=dict)

    def rule(self, speed: int = 1) -> dict[str, Any]:
        """Return the entry in rules.yml.

        Args:
            speed: the factor by which all times are shortened in a rehearsal; above 1, the message says so.
        """
        mark = "" if speed == 1 else f"Rehearsal, {speed} times faster: "
        return {
            "alert": self.name,
            "expr": faster_expression(self.expression, speed),
            "for": faster(f"{self.minutes}m", speed),
            "labels": {"severity": self.severity, "component": self.component, **self.labels},
            "annotations": {"summary": mark + self.summary, "runbook": f"{RUNBOOKS}/{self.name}.md"},
        }
