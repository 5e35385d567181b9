"""Build the dashboard of the servers, and of monitoring itself."""

from __future__ import annotations

from typing import Any

from infra.alerts.dashboards.panel import dashboard, graph
from infra.alerts.promql import (
    DISK_FREE,
    INODES_FREE,
    NODE_CPU,
    NODE_MEMORY,
    NODE_STEAL,
    NODE_WORKING_SET,
)
from infra.sizing.plan import StackPlan


def node_dashboard(plan: StackPlan) -> dict[str, Any]:
    """Show every server under its node's name."""
    traffic = '{device!~"lo|cni.*|flannel.*|veth.*"}'
    disk = "sum by (instance) (rate(node_disk_{}_bytes_total[5m]))"
    panels = (
        graph("CPU", "percent", (NODE_CPU, "{{instance}}"), at=(80,)),
        graph("CPU that the provider took away", "percent", (NODE_STEAL, "{{instance}}"), at=(10,)),
        graph("Load", "short", ("node_load5", "{{instance}}"), at=(float(plan.server.vcpu),), about="Line: vCPUs"),
        graph(
            "Memory",
            "percent",
            (NODE_MEMORY, "{{instance}}"),
            (NODE_WORKING_SET, "{{instance}} working set"),
            at=(80, 90),
            about="The working set is the kubelet's count: page cache that was used lately is in it",
        ),
        graph("Disk space left", "percent", (DISK_FREE, "{{instance}} {{mountpoint}}"), at=(40, 15)),
        graph("Inodes left", "percent", (INODES_FREE, "{{instance}} {{mountpoint}}"), at=(20, 10)),
        graph(
            "Disk",
            "Bps",
            (disk.format("read"), "{{instance}} read"),
            (disk.format("written"), "{{instance}} written"),
        ),
        graph(
            "Disk busy",
            "percent",
            ("100 * max by (instance) (rate(node_disk_io_time_seconds_total[5m]))", "{{instance}}"),
        ),
        graph(
            "Network",
            "Bps",
            (f"sum by (instance) (rate(node_network_receive_bytes_total{traffic}[5m]))", "{{instance}} in"),
            (f"sum by (instance) (rate(node_network_transmit_bytes_total{traffic}[5m]))", "{{instance}} out"),
        ),
        graph("Processes killed for memory", "short", ("increase(node_vmstat_oom_kill[1h])", "{{instance}}")),
        graph("Targets that can't be read", "short", ("count by (job) (up == 0)", "{{job}}"), at=(1,)),
        graph("Prometheus' series", "short", ("prometheus_tsdb_head_series", "series")),
    )
    return dashboard("node", "Node", panels)
