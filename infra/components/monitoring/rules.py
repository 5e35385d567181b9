"""Alert rules with literals from the plan."""

from __future__ import annotations

from typing import Any

from infra.names import APP_NAMESPACE, CELERY_WORKER
from infra.sizing.plan import StackPlan

_RUNBOOKS = "docs/runbooks"
_CONTAINERS = 'container!="",container!="POD"'


def rules(plan: StackPlan) -> dict[str, Any]:
    """rules.yml: the tier guide's thresholds (domain 6.4) and what it leaves out."""
    worker = plan.workers[0]
    request = worker.workload.container("worker").requests.cpu.millicores / 1000
    group = [*_node(), *_containers(), *_queues(), *_workers(request)]
    return {"groups": [{"name": "stagecoach", "rules": group}]}


def _alert(name: str, expression: str, minutes: int, summary: str, severity: str = "warning") -> dict[str, Any]:
    return {
        "alert": name,
        "expr": expression,
        "for": f"{minutes}m",
        "labels": {"severity": severity},
        "annotations": {"summary": summary, "runbook": f"{_RUNBOOKS}/{name}.md"},
    }


def _node() -> list[dict[str, Any]]:
    memory = "100 * (1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)"
    cpu = '100 * (1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])))'
    return [
        _alert("NodeCpuHigh", f"{cpu} > 80", 10, "The server's CPU is above 80 % for 10 minutes"),
        _alert("NodeMemoryHigh", f"{memory} > 90", 5, "The server's memory is above 90 % for 5 minutes", "critical"),
        _alert(
            "SeparateCeleryServer",
            f"avg_over_time(({memory})[1h:1m]) > 80",
            60,
            "Memory above 80 % for an hour: the guide's sign for a Celery server of its own",
        ),
    ]


def _containers() -> list[dict[str, Any]]:
    inside = f'namespace="{APP_NAMESPACE}",{_CONTAINERS}'
    by = "by (namespace,pod,container)"
    limit = f"max {by} (container_spec_memory_limit_bytes{{{inside}}} > 0)"
    used = f'max {by} (container_memory_working_set_bytes{{{inside},container!="postgres"}})'
    database = f'namespace="{APP_NAMESPACE}",container="postgres"'
    resident = f"(container_memory_rss{{{database}}} + container_memory_mapped_file{{{database}}})"
    return [
        _alert(
            "ContainerMemoryHigh",
            f"100 * {used} / on (namespace,pod,container) {limit} > 90",
            5,
            "A container is above 90 % of its memory limit for 5 minutes",
        ),
        _alert(
            "PostgresMemoryHigh",
            f"100 * max {by} {resident} / on (namespace,pod,container) {limit} > 90",
            5,
            "Postgres is above 90 % of its memory limit, page cache not counted",
            "critical",
        ),
        _alert(
            "ContainerOOMKilled",
            f'increase(container_oom_events_total{{namespace="{APP_NAMESPACE}"}}[10m]) > 0',
            0,
            "A process was killed for memory",
        ),
    ]


def _queues() -> list[dict[str, Any]]:
    length = "sum by (queue_name) (celery_queue_length)"
    wait = "histogram_quantile(0.95, sum by (le,queue_name) (rate(celery_task_queue_wait_time_bucket[5m]))) > 30"
    consumers = "celery_queue_length > 0 and on (queue_name) celery_active_worker_count == 0"
    return [
        _alert("CeleryQueueBacklog", f"{length} > 50", 15, "More than 50 tasks wait for 15 minutes"),
        _alert("ScaleUpQueue", f"{length} > 100", 5, "More than 100 tasks wait for 5 minutes: advance the stage"),
        _alert("ScaleUpQueueWait", wait, 5, "Tasks wait longer than 30 seconds: advance the stage"),
        _alert("QueueNoConsumer", consumers, 5, "Tasks wait in a queue that no worker consumes", "critical"),
    ]


def _workers(request: float) -> list[dict[str, Any]]:
    series = (
        f'container_cpu_usage_seconds_total{{namespace="{APP_NAMESPACE}",pod=~"{CELERY_WORKER}-.*",container="worker"}}'
    )
    used = f"100 * sum(rate({series}[5m])) / ({request} * count(count by (pod) ({series})))"
    # Right after a start an hour's maximum is that of a few minutes: hence the hour of waiting on top.
    idle = f"(max_over_time(({used})[1h:1m]) < 30) and on () (max_over_time(sum(celery_queue_length)[1h:1m]) == 0)"
    return [
        _alert("ScaleUpWorkerCpu", f"{used} > 70", 15, "Workers use more than 70 % of their request for 15 minutes"),
        _alert("ScaleDownCandidate", idle, 60, "Workers below 30 % and the queue empty for an hour", "info"),
        _alert("WorkerDown", "absent(celery_worker_up == 1)", 5, "No Celery worker is up", "critical"),
    ]
