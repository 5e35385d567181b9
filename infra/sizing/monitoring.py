"""Prometheus, Alertmanager and the exporters."""

from __future__ import annotations

from infra.names import MONITORING_NAMESPACE, NODE_EXPORTER, PROMETHEUS
from infra.sizing.build import container, workload
from infra.sizing.django import size_queue_exporter
from infra.sizing.plan import MonitoringPlan, WorkloadPlan
from infra.units import Memory

# Prometheus: 25 MiB + 4 KiB per series, twice that for queries (domain 6.1).  Nominal GiB up to: request and
# limit in MiB, CPU request.
_BUDGETS = ((4, 144, 288, 50), (8, 256, 512, 100), (16, 384, 768, 150), (32, 512, 1024, 200))
_STORAGE_GIB = 8  # constant: a claim's size is never changed; the retention size keeps Prometheus below it
_RETENTION_DAYS = 15


def size_monitoring(memory: Memory) -> MonitoringPlan:
    """All of monitoring is in the plan: what is not counted is what gets evicted."""
    request, limit, millicores = next((row[1:] for row in _BUDGETS if memory <= Memory.gib(row[0])), _BUDGETS[-1][1:])
    prometheus = container("prometheus", millicores, request, limit)
    return MonitoringPlan(
        prometheus=workload(
            PROMETHEUS,
            "StatefulSet",
            prometheus,
            container("alertmanager", 10, 32, 64),
            namespace=MONITORING_NAMESPACE,
        ),
        node_exporter=size_node_exporter(),
        queue_exporter=size_queue_exporter(),
        storage=Memory.gib(_STORAGE_GIB),
        retention_days=_RETENTION_DAYS,
        grafana=None,
    )


def size_node_exporter() -> WorkloadPlan:
    """Runs on every node, Celery servers included: 10 MiB of working set (domain 6.1)."""
    exporter = container("node-exporter", 10, 24, 48)
    return workload(NODE_EXPORTER, "DaemonSet", exporter, namespace=MONITORING_NAMESPACE)
