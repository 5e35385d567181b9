"""Size Prometheus, Alertmanager, the exporters, and Grafana if it is switched on."""

from __future__ import annotations

from functools import cache

from infra.names import GRAFANA, MONITORING_NAMESPACE, NODE_EXPORTER, PROMETHEUS
from infra.sizing.budget import by_server
from infra.sizing.build import container, with_scratch, workload
from infra.sizing.django import size_queue_exporter
from infra.sizing.number import fixed, given
from infra.sizing.pack import Packing
from infra.sizing.plan import Check, MonitoringPlan, NodePlan, WorkloadPlan
from infra.sizing.reason import counted, reason
from infra.units import Memory

# Each row is for servers up to the first number in GiB, and has Prometheus's memory request and limit in MiB and its
# CPU request. They follow a measurement: Prometheus takes 25 MiB plus 4 KiB per series, and twice that while it answers
# queries and compacts blocks.
_BUDGETS = ((4, 144, 288, 50), (8, 256, 512, 100), (16, 384, 768, 150), (32, 512, 1024, 200))
_SERIES = "measured: 25 MiB and 4 KiB for each series; twice that for queries"
_STORAGE = "a claim's size is never changed; the retention size keeps Prometheus below it"
_STORAGE_GIB = 8  # constant, because a claim's size never changes; the retention size keeps Prometheus below it
_RETENTION_DAYS = 15
GRAFANA_SERVER = Memory.gib(8)  # a smaller server has no room for its 512 MB (ADR 0013)
# The limit is Grafana's documented minimum of 512 MB (docs v11.4). The request is half of it, because few people look
# at dashboards at the same time.
_GRAFANA = (50, 256, 512)
_GRAFANA_SOURCE = "Grafana's documented minimum is the limit; half of it is asked for, few people look at a time"


@cache
def size_monitoring(memory: Memory, *, grafana: bool, alert_speed: int) -> MonitoringPlan:
    """Plan all of monitoring, because a pod that no plan counts is the first to be evicted.

    Args:
        memory: Memory of the server, as the provider advertises it.
        grafana: Whether Grafana runs.
        alert_speed: Divides the durations of alerts; 1 outside of rehearsals.
    """
    request, limit, cpu = by_server(memory, _BUDGETS, ("Mi", "Mi", "m"))
    prometheus = container("prometheus", cpu, request, limit, _SERIES)
    storage = fixed(_STORAGE_GIB, "Gi")
    speed = given("alert speed", alert_speed, "", "stagecoach:monitoring.alert_speed")
    return MonitoringPlan(
        prometheus=workload(
            PROMETHEUS,
            "StatefulSet",
            prometheus,
            with_scratch(container("alertmanager", 10, 24, 64, "measured: 13 to 17 MiB"), 64),
            namespace=MONITORING_NAMESPACE,
        ),
        node_exporter=size_node_exporter(),
        queue_exporter=size_queue_exporter(),
        storage=storage.memory,
        retention_days=_RETENTION_DAYS,
        alert_speed=alert_speed,
        grafana=_size_grafana() if grafana else None,
        reasons=(
            reason("storage", storage.memory, storage, _STORAGE),
            *counted("two weeks to look back, below the storage", retention_days=fixed(_RETENTION_DAYS)),
            *counted("a rehearsal divides every duration of alerts by it", alert_speed=speed),
        ),
    )


@cache
def size_node_exporter() -> WorkloadPlan:
    """Plan node-exporter, which runs on every node; its working set was measured at 10 MiB."""
    exporter = container("node-exporter", 10, 16, 48, "measured: 10 MiB")
    return workload(NODE_EXPORTER, "DaemonSet", exporter, namespace=MONITORING_NAMESPACE)


def check_grafana(plan: MonitoringPlan, server: NodePlan, packing: Packing) -> tuple[Check, ...]:
    """Check that Grafana fits; without Grafana there is no check.

    Args:
        plan: The plan of monitoring.
        server: The plan of the server.
        packing: Where every pod, Grafana included, is placed.
    """
    if plan.grafana is None:
        return ()
    large, least = server.memory >= GRAFANA_SERVER, f"{GRAFANA_SERVER.whole_mib // 1024} GiB"
    asks = f"Grafana asks for {plan.grafana.pod_requests.memory}"
    if not large:
        reason = f"{asks} and a server of {least} or more: {server.instance_type} has {server.memory}"
    elif packing.unplaced:
        reason = f"{asks}, which {server.instance_type} does not have left beside everything at its maximum"
    else:
        reason = f"{asks}, and {server.instance_type} has room for it beside everything at its maximum"
    hint = "monitoring.grafana, or pin a larger stagecoach:instance_type"
    return (Check(name="grafana", ok=large and not packing.unplaced, reason=reason, field=hint),)


def _size_grafana() -> WorkloadPlan:
    return workload(
        GRAFANA,
        "Deployment",
        with_scratch(container("grafana", *_GRAFANA, _GRAFANA_SOURCE), 576),
        namespace=MONITORING_NAMESPACE,
    )
