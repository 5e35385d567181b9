"""Build the alert rules, with numbers from the plan written into them.

The thresholds are those of the tier guide (docs/explanation/guide.md), and more that it does not have.
docs/reference/alerts.md lists all of them.
"""

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

_WEEKLY_INTERVAL = "5m"  # each evaluation reads the samples of a week


def rules(plan: StackPlan, *, kubeconfig_end: int | None = None, domains: Sequence[str] = ()) -> dict[str, Any]:
    """Return the content of rules.yml.

    Args:
        plan: the plan that the numbers come from.
        kubeconfig_end: the end of the stack's own client certificate, in seconds since the epoch; None: no alert for
            it.
        domains: names that must have a certificate.
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
