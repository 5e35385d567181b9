"""Watch whether pods run, and how much of their limits they use."""

from __future__ import annotations

from collections.abc import Iterator

from infra.alerts.promql import cpu_of_limit, memory_of_limit, postgres_memory, running_pods
from infra.alerts.rules.alert import Alert
from infra.names import APP_NAMESPACE, MONITORING_NAMESPACE, SYSTEM_NAMESPACE
from infra.sizing.plan import StackPlan, WorkloadPlan

_JOBS = ("Job", "CronJob")
_NAMESPACES = f"{APP_NAMESPACE}|{MONITORING_NAMESPACE}|{SYSTEM_NAMESPACE}"
# Without these the shop is closed or loses work. Without other system pods only monitoring suffers.
_VITAL_SYSTEM = ("traefik", "coredns")


def workload_alerts(plan: StackPlan) -> list[Alert]:
    """Return the alerts; the expected numbers of pods are the plan's.

    Without cAdvisor nothing can be counted, which has an alert of its own (watch.py).
    """
    lasting = [one for one in plan.workloads if one.kind not in _JOBS]
    return [
        *(alert for one in lasting for alert in _missing(one, plan)),
        *_memory(),
        *(_worker_cpu(worker.workload, worker.pool) for worker in plan.workers),
    ]


def _missing(workload: WorkloadPlan, plan: StackPlan) -> Iterator[Alert]:
    """Compare the median of several minutes: a pod that crashes and returns must not reset the waiting time."""
    replicas = workload.replicas
    least = replicas.min if replicas.autoscaled else replicas.planned
    if workload.kind == "DaemonSet":
        least = sum(node.count for node in plan.nodes)
    # A missing series counts as 0 pods only while cAdvisor answers. A time that Prometheus missed is not an outage of
    # the shop.
    found = f'({running_pods(workload)} or 0 * count(up{{job="cadvisor"}} == 1))'
    labels = {"workload": workload.name}
    yield Alert(
        name="PodsMissing",
        expression=f"quantile_over_time(0.5, {found}[15m:1m]) < {least}",
        minutes=5,
        component="workload",
        labels=labels,
        summary=f"{workload.name}: fewer than {least} pods run",
    )
    if workload.namespace == APP_NAMESPACE or workload.name in _VITAL_SYSTEM:
        yield Alert(
            name="WorkloadDown",
            expression=f"quantile_over_time(0.5, {found}[5m:1m]) == 0",
            minutes=2,
            component="workload",
            severity="critical",
            labels=labels,
            summary=f"{workload.name}: no pod runs",
        )


def _memory() -> Iterator[Alert]:
    yield Alert(
        name="ContainerMemoryHigh",
        expression=f"{memory_of_limit()} > 90",
        minutes=5,
        component="container-memory",
        summary="{{ $labels.container }} in {{ $labels.pod }} is above 90 % of its memory limit for 5 minutes",
    )
    yield Alert(
        name="PostgresMemoryHigh",
        expression=f"{postgres_memory()} > 90",
        minutes=5,
        component="postgres-memory",
        severity="critical",
        summary="Postgres is above 90 % of its memory limit, page cache not counted",
    )
    yield Alert(
        name="ContainerOOMKilled",
        expression=f'increase(container_oom_events_total{{namespace=~"{_NAMESPACES}"}}[10m]) > 0',
        minutes=0,
        component="container-memory",
        summary="{{ $labels.container }} in {{ $labels.pod }}: a process was killed for memory",
    )


def _worker_cpu(workload: WorkloadPlan, pool: str) -> Alert:
    return Alert(
        name="WorkerCpuHigh",
        expression=f"{cpu_of_limit(workload)} > 80",
        minutes=10,
        component="worker-cpu",
        labels={"pool": pool},
        summary="{{ $labels.pod }} uses more than 80 % of its CPU limit for 10 minutes",
    )
