"""Build the dashboard of Postgres."""

from __future__ import annotations

from typing import Any

from infra.alerts.dashboards.panel import dashboard, graph
from infra.alerts.promql import container_selector, postgres_memory
from infra.names import POSTGRES
from infra.sizing.plan import StackPlan

_APP = 'datname="app"'  # repeats the Postgres component's DATABASE: importing that would load Pulumi


def postgres_dashboard(plan: StackPlan) -> dict[str, Any]:
    """Show connections against the plan's maximum, and memory against the limit."""
    most = plan.postgres.max_connections
    cpu = f"sum(rate(container_cpu_usage_seconds_total{{{container_selector(plan.postgres.workload)}}}[5m]))"
    read, hit = (f"sum(rate(pg_stat_database_blks_{what}{{{_APP}}}[5m]))" for what in ("read", "hit"))
    rows = [(f"sum(rate(pg_stat_database_tup_{what}{{{_APP}}}[5m]))", what) for what in ("inserted", "updated")]
    commits, undone = (f"sum(rate(pg_stat_database_xact_{what}{{{_APP}}}[5m]))" for what in ("commit", "rollback"))
    panels = (
        graph(
            "Connections",
            "short",
            ("sum(pg_stat_database_numbackends)", "in use"),
            at=(most * 0.8, float(most)),
            about=f"max_connections is {most}",
        ),
        graph("Sessions by state", "short", (f"sum by (state) (pg_stat_activity_count{{{_APP}}})", "{{state}}")),
        graph(
            "Oldest transaction",
            "s",
            (f"max by (state) (pg_stat_activity_max_tx_duration{{{_APP}}})", "{{state}}"),
            at=(600,),
        ),
        graph("Transactions", "ops", (commits, "commits"), (undone, "rollbacks")),
        graph("Rows written", "ops", *rows),
        graph("Pages found in memory", "percent", (f"100 * {hit} / ({hit} + {read})", "shared_buffers")),
        graph("Memory of the limit", "percent", (postgres_memory(), POSTGRES), at=(90,), about="Without page cache"),
        graph("CPU", "cores", (cpu, "used")),
        graph("Size", "bytes", (f"pg_database_size_bytes{{{_APP}}}", "{{datname}}")),
        graph("Deadlocks", "ops", (f"sum(rate(pg_stat_database_deadlocks{{{_APP}}}[15m]))", "deadlocks")),
        graph("Spilled to disk", "Bps", (f"sum(rate(pg_stat_database_temp_bytes{{{_APP}}}[5m]))", "temporary files")),
        graph(
            "Newest backup",
            "bytes",
            ("max(stagecoach_backup_newest_size_bytes)", "size"),
            about="A dump that shrinks by half has lost something",
        ),
    )
    return dashboard("postgres", "Postgres", panels)
