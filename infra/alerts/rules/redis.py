"""Watch the broker, which must lose nothing, and the cache, which may."""

from __future__ import annotations

from infra.alerts.rules.alert import Alert
from infra.names import REDIS_BROKER, REDIS_CACHE

_BROKER = f'workload="{REDIS_BROKER}"'


def redis_alerts() -> list[Alert]:
    """Return the alerts; the pods' series carry the workload's name (scrape.py)."""
    memory = f"100 * redis_memory_used_bytes{{{_BROKER}}} / redis_memory_max_bytes{{{_BROKER}}}"
    # Redis creates a series only with its first error, and `increase` does not see a new series. So the rule fires on a
    # new series, too.
    errors = f'redis_errors_total{{{_BROKER},err=~"OOM|MISCONF"}}'
    refused = f"increase({errors}[10m]) > 0 or ({errors} unless {errors} offset 10m)"
    statuses = (f"redis_aof_last_{what}_status{{{_BROKER}}} == 0" for what in ("write", "bgrewrite"))
    return [
        *(_down(name) for name in (REDIS_BROKER, REDIS_CACHE)),
        Alert(
            name="RedisBrokerMemoryHigh",
            expression=f"max by (workload) ({memory}) > 80",
            minutes=5,
            component=REDIS_BROKER,
            summary="The broker uses more than 80 % of its maxmemory: at 100 % no task can be sent",
        ),
        Alert(
            name="RedisBrokerRefusesWrites",
            expression=f"max by (workload) ({refused})",
            minutes=0,
            component=REDIS_BROKER,
            severity="critical",
            summary="The broker refuses writes: tasks are not accepted",
        ),
        Alert(
            name="RedisBrokerNotDurable",
            expression=f"max by (workload) ({' or '.join(statuses)})",
            minutes=1,
            component=REDIS_BROKER,
            severity="critical",
            summary="The broker can't write its append-only file",
        ),
        Alert(
            name="RedisCacheEvicting",
            expression=f'max by (workload) (rate(redis_evicted_keys_total{{workload="{REDIS_CACHE}"}}[15m])) > 0',
            minutes=60,
            component=REDIS_CACHE,
            severity="info",
            summary="The cache is full and forgets its oldest keys for an hour",
        ),
    ]


def _down(name: str) -> Alert:
    return Alert(
        name="RedisDown",
        expression=f'absent(redis_up{{workload="{name}"}} == 1)',
        minutes=2,
        component=name,
        severity="critical",
        labels={"workload": name},
        summary=f"{name} does not answer its exporter",
    )
