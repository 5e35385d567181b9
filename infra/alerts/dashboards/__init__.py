"""Build the dashboards, with thresholds from the plan, as JSON by file name."""

from __future__ import annotations

import json

from infra.alerts.dashboards.celery import celery_dashboard
from infra.alerts.dashboards.node import node_dashboard
from infra.alerts.dashboards.postgres import postgres_dashboard
from infra.alerts.dashboards.redis import redis_dashboard
from infra.alerts.dashboards.shop import shop_dashboard
from infra.sizing.plan import StackPlan


def dashboards(plan: StackPlan) -> dict[str, str]:
    """Return the files that Grafana's provisioning loads."""
    made = {
        "shop": shop_dashboard(plan),
        "celery": celery_dashboard(plan),
        "postgres": postgres_dashboard(plan),
        "redis": redis_dashboard(plan),
        "node": node_dashboard(plan),
    }
    return {f"{name}.json": json.dumps(content, indent=1) for name, content in made.items()}
