"""Put the dashboards into the cluster, whether Grafana runs there or not."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import core, meta

from infra.alerts.dashboards import dashboards
from infra.names import labels
from infra.sizing.plan import StackPlan

_NAME = "dashboards"


@dataclass(frozen=True, kw_only=True)
class DashboardFilesArgs:
    """Hold the inputs of `DashboardFiles`."""

    plan: StackPlan
    namespace: pulumi.Input[str]


class DashboardFiles(pulumi.ComponentResource):
    """Register an autonamed ConfigMap (ADR 0005); Grafana's usual sidecar finds it by its label."""

    config_map_name: pulumi.Output[str]

    def __init__(self, name: str, args: DashboardFilesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:monitoring:DashboardFiles", name, None, opts)
        config_map = core.v1.ConfigMap(
            f"{name}-config",
            metadata=meta.v1.ObjectMetaArgs(
                namespace=args.namespace, labels={**labels(_NAME), "grafana_dashboard": "1"}
            ),
            data=dashboards(args.plan),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.config_map_name = config_map.metadata.name
        self.register_outputs({"config_map_name": self.config_map_name})
