"""Export metrics of the servers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import apps, core, meta

from infra.components._kubernetes import (
    APP_PRIORITY,
    celery_toleration,
    child_of,
    hardened,
    metadata,
    pod_security,
    resources,
    tcp_probe,
)
from infra.names import METRICS_FOLDER, NODE_EXPORTER, labels, selector
from infra.sizing.plan import WorkloadPlan

# No other pod has this user: node-exporter sees every process of the host, and could read files and environment of
# those with its own user. Below 1000, the server would let it reach the metadata service (base.sh). The image needs no
# name for it.
UID = 10005
_PORT = 9100
# Dashboards and alerts read only these. The other collectors would triple the series.
_COLLECTORS = ("cpu", "diskstats", "filesystem", "loadavg", "meminfo", "netdev", "textfile", "time", "uname", "vmstat")


@dataclass(frozen=True, kw_only=True)
class NodeExporterArgs:
    """Hold the inputs of `NodeExporter`."""

    plan: WorkloadPlan
    namespace: pulumi.Input[str]
    images: Mapping[str, str]


class NodeExporter(pulumi.ComponentResource):
    """Run a DaemonSet on the host's network, read-only."""

    def __init__(self, name: str, args: NodeExporterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:monitoring:NodeExporter", name, None, opts)
        container = core.v1.ContainerArgs(
            name="node-exporter",
            image=args.images["node_exporter"],
            args=[
                "--path.rootfs=/host",
                "--web.listen-address=:9100",
                "--collector.disable-defaults",
                *(f"--collector.{one}" for one in _COLLECTORS),
                f"--collector.textfile.directory=/host{METRICS_FOLDER}",
            ],
            ports=[core.v1.ContainerPortArgs(name="metrics", container_port=_PORT, host_port=_PORT)],
            resources=resources(args.plan.container("node-exporter")),
            security_context=hardened(),
            # Without a readiness probe: nothing needs it, and an update would wait up to half a minute for it.
            startup_probe=tcp_probe("metrics", period=2, failures=30),
            liveness_probe=tcp_probe("metrics", period=30),
            volume_mounts=[
                core.v1.VolumeMountArgs(
                    name="host", mount_path="/host", read_only=True, mount_propagation="HostToContainer"
                )
            ],
        )
        host = core.v1.VolumeArgs(name="host", host_path=core.v1.HostPathVolumeSourceArgs(path="/"))
        apps.v1.DaemonSet(
            f"{name}-daemon-set",
            metadata=metadata(NODE_EXPORTER, args.namespace),
            spec=apps.v1.DaemonSetSpecArgs(
                selector=meta.v1.LabelSelectorArgs(match_labels=selector(NODE_EXPORTER)),
                template=core.v1.PodTemplateSpecArgs(
                    metadata=meta.v1.ObjectMetaArgs(labels=labels(NODE_EXPORTER)),
                    spec=core.v1.PodSpecArgs(
                        host_network=True,
                        host_pid=True,
                        priority_class_name=APP_PRIORITY,
                        automount_service_account_token=False,
                        tolerations=[celery_toleration()],
                        security_context=pod_security(UID),
                        containers=[container],
                        volumes=[host],
                    ),
                ),
            ),
            opts=child_of(self),
        )
        self.register_outputs({})
