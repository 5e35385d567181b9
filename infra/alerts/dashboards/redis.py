"""Build the dashboard of the broker and the cache."""

from __future__ import annotations

from typing import Any

from infra.alerts.dashboards.panel import dashboard, graph
from infra.names import REDIS_BROKER, REDIS_CACHE
from infra.sizing.plan import RedisPlan, StackPlan


def redis_dashboard(plan: StackPlan) -> dict[str, Any]:
    """Show memory against the plan's maxmemory: the broker must stay below it, a full cache is normal."""
    broker, cache = f'workload="{REDIS_BROKER}"', f'workload="{REDIS_CACHE}"'
    hits, misses = (f"sum(rate(redis_keyspace_{what}_total{{{cache}}}[5m]))" for what in ("hits", "misses"))
    panels = (
        graph(
            "Broker: memory",
            "bytes",
            (f"redis_memory_used_bytes{{{broker}}}", "used"),
            at=_marks(plan.redis_broker),
            about="At maxmemory no task can be sent",
        ),
        graph("Broker: append-only file", "bytes", (f"redis_aof_current_size_bytes{{{broker}}}", "size")),
        graph("Broker: errors", "ops", (f"sum by (err) (rate(redis_errors_total{{{broker}}}[5m]))", "{{err}}")),
        graph(
            "Cache: memory",
            "bytes",
            (f"redis_memory_used_bytes{{{cache}}}", "used"),
            at=(float(plan.redis_cache.maxmemory.bytes),),
            about="A full cache is at work, not in trouble",
        ),
        graph("Cache: found", "percent", (f"100 * {hits} / ({hits} + {misses})", "of the reads")),
        graph("Cache: evicted keys", "ops", (f"rate(redis_evicted_keys_total{{{cache}}}[5m])", "evicted")),
        graph("Commands", "ops", ("sum by (workload) (rate(redis_commands_processed_total[5m]))", "{{workload}}")),
        graph("Clients", "short", ("sum by (workload) (redis_connected_clients)", "{{workload}}")),
        graph("Keys", "short", ("sum by (workload) (redis_db_keys)", "{{workload}}")),
    )
    return dashboard("redis", "Redis", panels)


def _marks(redis: RedisPlan) -> tuple[float, float]:
    return (redis.maxmemory.bytes * 0.8, float(redis.maxmemory.bytes))
