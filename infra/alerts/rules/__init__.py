"""Alert rules with literals from the plan: the tier guide's thresholds (domain 6.4) and what it leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from infra.alerts.rules.alert import Alert
from infra.alerts.rules.cluster import cluster_alerts
from infra.alerts.rules.growth import growth_alerts, weekly_alerts
from infra.alerts.rules.node import node_alerts
from infra.alerts.rules.postgres import postgres_alerts
from infra.alerts.rules.queues import queue_alerts
from infra.alerts.rules.redis import redis_alerts
from infra.alerts.rules.watch import watch_alerts
from infra.alerts.rules.web import web_alerts
from infra.alerts.rules.workloads import workload_alerts
from infra.alerts.speed import faster
from infra.sizing.plan import StackPlan

_WEEKLY_INTERVAL = "5m"  # a week's samples are read each time


def rules(plan: StackPlan, *, kubeconfig_end: int | None = None, domains: Sequence[str] = ()) -> dict[str, Any]:
    """rules.yml.

    Args:
        plan: Where the literals come from.
        kubeconfig_end: When the stack's own client certificate ends, in seconds since the epoch.
        domains: Names that must have a certificate.
    """
    speed = plan.monitoring.alert_speed
    groups = {
        "node": node_alerts(speed),
        "workloads": workload_alerts(plan),
        "queues": queue_alerts(plan),
        "postgres": postgres_alerts(plan.postgres, speed),
        "redis": redis_alerts(),
        "web": web_alerts(domains),
        "growth": growth_alerts(plan),
        "cluster": cluster_alerts(kubeconfig_end),
        "watch": watch_alerts(plan.monitoring),
    }
    made = [_group(name, alerts, speed) for name, alerts in groups.items() if alerts]
    week = _group("week", weekly_alerts(), speed) | {"interval": faster(_WEEKLY_INTERVAL, speed)}
    return {"groups": [*made, week]}


def _group(name: str, alerts: list[Alert], speed: int) -> dict[str, Any]:
    return {"name": name, "rules": [alert.rule(speed) for alert in alerts]}
