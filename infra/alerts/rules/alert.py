"""One alert rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from infra.alerts.speed import faster, faster_expression

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

    def rule(self, speed: int = 1) -> dict[str, Any]:
        """The entry in rules.yml; with a speed its message says that it is a rehearsal."""
        mark = "" if speed == 1 else f"Rehearsal, {speed} times faster: "
        return {
            "alert": self.name,
            "expr": faster_expression(self.expression, speed),
            "for": faster(f"{self.minutes}m", speed),
            "labels": {"severity": self.severity, "component": self.component, **self.labels},
            "annotations": {"summary": mark + self.summary, "runbook": f"{RUNBOOKS}/{self.name}.md"},
        }
