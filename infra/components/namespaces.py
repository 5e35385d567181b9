"""The two namespaces and what may be admitted to them."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import core

from infra.components._kubernetes import metadata
from infra.components.network_policies import NetworkPolicies, NetworkPoliciesArgs
from infra.names import APP_NAMESPACE, MONITORING_NAMESPACE
from infra.sizing.plan import NamespacePlan


@dataclass(frozen=True, kw_only=True)
class NamespacesArgs:
    """Inputs of `Namespaces`."""

    plan: NamespacePlan
    web_port: int


class Namespaces(pulumi.ComponentResource):
    """`ready` is what every workload waits for: bounds act at admission only, so they must come first."""

    app: pulumi.Output[str]
    monitoring: pulumi.Output[str]

    def __init__(self, name: str, args: NamespacesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:k8s:Namespaces", name, None, opts)
        app = self._namespace(name, APP_NAMESPACE, "restricted")
        # node-exporter looks at the host: the only reason for the second namespace.
        monitoring = self._namespace(name, MONITORING_NAMESPACE, "privileged")
        self.app, self.monitoring = app.metadata.name, monitoring.metadata.name
        policies = NetworkPolicies(
            f"{name}-policies",
            NetworkPoliciesArgs(namespace=self.app, web_port=args.web_port),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.ready: list[pulumi.Resource] = [*self._bounds(name, args.plan), *policies.ready]
        self.register_outputs({"app": self.app, "monitoring": self.monitoring})

    def _namespace(self, name: str, namespace: str, level: str) -> core.v1.Namespace:
        made = metadata(namespace, None)
        modes = {f"pod-security.kubernetes.io/{mode}": level for mode in ("enforce", "warn", "audit")}
        made.labels = {"app.kubernetes.io/part-of": "stagecoach", **modes}
        return core.v1.Namespace(
            f"{name}-{namespace}", metadata=made, opts=pulumi.ResourceOptions(parent=self, protect=True)
        )

    def _bounds(self, name: str, plan: NamespacePlan) -> list[pulumi.Resource]:
        child = pulumi.ResourceOptions(parent=self)
        # Memory only: a maximum of CPU would become every container's default CPU limit (ADR 0002).
        item = core.v1.LimitRangeItemArgs(
            type="Container",
            max={"memory": str(plan.limit_range_max.memory)},
            default={"memory": "128Mi"},
            default_request={"cpu": "10m", "memory": "64Mi"},
        )
        limits = core.v1.LimitRange(
            f"{name}-limits",
            metadata=metadata("limits", self.app),
            spec=core.v1.LimitRangeSpecArgs(limits=[item]),
            opts=child,
        )
        hard = {
            "requests.cpu": str(plan.quota_requests.cpu),
            "requests.memory": str(plan.quota_requests.memory),
            "limits.memory": str(plan.quota_memory_limits),
            "pods": str(plan.quota_pods),
        }
        quota = core.v1.ResourceQuota(
            f"{name}-quota",
            metadata=metadata("quota", self.app),
            spec=core.v1.ResourceQuotaSpecArgs(hard=hard),
            opts=child,
        )
        return [limits, quota]
