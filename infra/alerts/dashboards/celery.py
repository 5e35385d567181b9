"""Build the dashboard of queues, tasks and workers."""

from __future__ import annotations

from typing import Any

from infra.alerts.dashboards.panel import Panel, dashboard, graph
from infra.alerts.promql import (
    ALL_WAITING,
    QUEUE_LENGTH,
    container_selector,
    cpu_of_limit,
    cpu_of_request,
    queue_wait,
    running_pods,
)
from infra.sizing.plan import StackPlan, WorkerPlan


def celery_dashboard(plan: StackPlan) -> dict[str, Any]:
    """Show the indicators of the tier guide (docs/explanation/guide.md) first, then each pool."""
    longest = max(worker.time_limit for worker in plan.workers)
    mean = "sum by (name) (rate(celery_task_runtime_sum[15m])) / sum by (name) (rate(celery_task_runtime_count[15m]))"
    # Waiting tasks, times the mean duration of a task, divided by the number of processes: the seconds until the queues
    # are empty if no task is added.
    one_takes = "sum(rate(celery_task_runtime_sum[15m])) / sum(rate(celery_task_runtime_count[15m]))"
    backlog = f"{ALL_WAITING} * ({one_takes}) / sum(max by (queue_name) (celery_active_process_count))"
    ends = "sum by (name) (rate(celery_task_{}_total[5m]))"
    panels = (
        graph("Waiting tasks", "short", (QUEUE_LENGTH, "{{queue_name}}"), at=(50, 100)),
        graph("Time in the queue", "s", (queue_wait(), "{{queue_name}}"), at=(30,), about="19 of 20 waited less"),
        graph(
            "Oldest waiting task",
            "s",
            ("max by (queue_name) (celery_queue_oldest_message_age_seconds)", "{{queue_name}}"),
            at=(float(2 * longest),),
        ),
        graph("Backlog in time", "s", (backlog, "all queues"), about="How long the processes need for what waits"),
        graph("Tasks done", "ops", (ends.format("succeeded"), "{{name}}")),
        graph("Tasks failed", "ops", (ends.format("failed"), "{{name}}"), (ends.format("retried"), "{{name}} again")),
        graph("Mean duration", "s", (mean, "{{name}}"), at=(float(longest),), about="Line: the longest time limit"),
        graph(
            "Taken, not done",
            "short",
            ("max(celery_queue_unacked)", "unacked"),
            ("sum by (queue_name) (celery_queue_scheduled)", "{{queue_name}}: waits for its time"),
            ("sum by (queue_name) (celery_queue_prefetched)", "{{queue_name}}: waits for a process"),
            at=tuple(sorted({float(worker.eta_task_limit) for worker in plan.workers})),
            about="Line: the ETA tasks that one worker takes in advance",
        ),
        graph(
            "Workers and beat",
            "short",
            ("sum(celery_worker_up)", "workers"),
            ("sum(celery_worker_tasks_active)", "running tasks"),
            ("max(celery_beat_up)", "beat"),
        ),
        *(panel for worker in plan.workers for panel in _pool(worker)),
    )
    return dashboard("celery", "Celery", panels)


def _pool(worker: WorkerPlan) -> tuple[Panel, ...]:
    workload, name = worker.workload, worker.pool
    container, selector = workload.containers[0], container_selector(workload)
    memory = f"sum by (pod) (container_memory_working_set_bytes{{{selector}}})"
    throttled = f"sum(rate(container_cpu_cfs_throttled_seconds_total{{{selector}}}[5m]))"
    most = (float(workload.replicas.max),) if workload.replicas.autoscaled else ()
    limits = tuple(float(one.bytes) for one in (container.requests.memory, container.limits.memory) if one)
    return (
        graph(
            f"{name}: CPU",
            "percent",
            (cpu_of_request(workload), "of the request"),
            (f"max({cpu_of_limit(workload)})", "of the limit, highest pod"),
            at=(70,),
        ),
        graph(f"{name}: memory of each pod", "bytes", (memory, "{{pod}}"), at=limits, about="Lines: request, limit"),
        graph(f"{name}: pods", "short", (running_pods(workload), "running"), (throttled, "cores held back"), at=most),
    )
