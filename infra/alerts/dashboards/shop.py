"""Build the dashboard of the shop as its customers experience it."""

from __future__ import annotations

from typing import Any

from infra.alerts.dashboards.panel import dashboard, graph, number
from infra.alerts.promql import (
    QUEUE_LENGTH,
    SHOP_DURATION,
    SHOP_ERROR_PERCENT,
    SHOP_P95,
    SHOP_REQUESTS,
    certificate_left,
    container_selector,
    cpu_of_request,
    running_pods,
)
from infra.sizing.plan import StackPlan


def shop_dashboard(plan: StackPlan) -> dict[str, Any]:
    """Show requests as the ingress controller counts them, and the web pods."""
    web = plan.django.workload
    selector, replicas = container_selector(web), web.replicas
    requests, limit = web.containers[0].requests.memory, web.containers[0].limits.memory
    memory = f"sum by (pod) (container_memory_working_set_bytes{{{selector}}})"
    median = f"histogram_quantile(0.5, sum by (le) (rate({SHOP_DURATION}[5m])))"
    marks = tuple(float(one.bytes) for one in (requests, limit) if one)
    panels = (
        graph("Requests", "reqps", (f"sum by (code) (rate({SHOP_REQUESTS}[5m]))", "{{code}}")),
        graph("Server errors", "percent", (SHOP_ERROR_PERCENT, "5xx of all"), at=(5,)),
        graph("Duration", "s", (median, "half are faster"), (SHOP_P95, "19 of 20 are faster"), at=(2,)),
        graph("Open connections", "short", ("sum by (entrypoint) (traefik_open_connections)", "{{entrypoint}}")),
        graph(
            "Web pods",
            "short",
            (running_pods(web), "running"),
            at=(float(replicas.max),) if replicas.autoscaled else (),
            about=f"{replicas.min} at least, {replicas.max} at most: what the plan proved to fit",
        ),
        graph("CPU of the web pods' request", "percent", (cpu_of_request(web), "of the request"), at=(70,)),
        graph("Memory of each web pod", "bytes", (memory, "{{pod}}"), at=marks, about="Lines: request and limit"),
        graph("Waiting tasks", "short", (QUEUE_LENGTH, "{{queue_name}}"), at=(50, 100)),
        number("Certificate ends in", "s", f"min({certificate_left()})", at=(1_209_600.0, 604_800.0)),
        number(
            "Newest backup",
            "s",
            "time() - max(stagecoach_backup_newest_timestamp_seconds > 0)",
            at=(93_600.0,),
            about="Its age; the nightly job runs at 03:30 UTC",
        ),
    )
    return dashboard("shop", "Shop", panels)
