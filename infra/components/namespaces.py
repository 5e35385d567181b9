"""Make the two namespaces, and limit what may run in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import core

from infra.components._kubernetes import EPHEMERAL_STORAGE, metadata
from infra.components.network_policies import NetworkPolicies, NetworkPoliciesArgs
from infra.components.outside import Outside
from infra.names import APP_NAMESPACE, MONITORING_NAMESPACE
from infra.preflight.bounds import Bounds, QuotaStep, quota_steps
from infra.sizing.plan import NamespacePlan


@dataclass(frozen=True, kw_only=True)
class NamespacesArgs:
    """Hold the inputs of `Namespaces`."""

    plan: NamespacePlan
    web_port: int
    outside: Outside
    now: Bounds  # the bounds before this update


class Namespaces(pulumi.ComponentResource):
    """Register namespaces, quotas and policies; every workload waits for `ready`.

    Bounds act only when a pod is admitted, so those that rise come before the workloads. `follow` sets those that fall
    after them: a pod that is replaced in between would otherwise be forbidden (ADR 0022).
    """

    app: pulumi.Output[str]
    monitoring: pulumi.Output[str]

    def __init__(self, name: str, args: NamespacesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:k8s:Namespaces", name, None, opts)
        app = self._namespace(name, APP_NAMESPACE, "restricted")
        # node-exporter looks at the host, which is the only reason for the second namespace.
        monitoring = self._namespace(name, MONITORING_NAMESPACE, "privileged")
        self.app, self.monitoring = app.metadata.name, monitoring.metadata.name
        policies = NetworkPolicies(
            f"{name}-policies",
            NetworkPoliciesArgs(namespace=self.app, web_port=args.web_port, outside=args.outside),
            opts=pulumi.ResourceOptions(parent=self),
        )
        steps = list(quota_steps(args.now, quota_hard(args.plan)))
        self._name, self._plan = name, args.plan
        self._late_quotas = [one for one in steps if not one.first]
        self._late_limits = args.now.limit_falls(str(args.plan.limit_range_max.memory))
        quotas = [self._quota(one, []) for one in steps if one.first]
        limits = [] if self._late_limits else [self._limits([])]
        self.ready: list[pulumi.Resource] = [*limits, *quotas, *policies.ready]
        self.register_outputs({"app": self.app, "monitoring": self.monitoring})

    def _namespace(self, name: str, namespace: str, level: str) -> core.v1.Namespace:
        made = metadata(namespace, None)
        modes = {f"pod-security.kubernetes.io/{mode}": level for mode in ("enforce", "warn", "audit")}
        made.labels = {"app.kubernetes.io/part-of": "stagecoach", **modes}
        return core.v1.Namespace(
            f"{name}-{namespace}", metadata=made, opts=pulumi.ResourceOptions(parent=self, protect=True)
        )

    def follow(self, workloads: Sequence[pulumi.Resource]) -> None:
        """Set the bounds that fall, after every workload of the namespace has its new size."""
        for one in self._late_quotas:
            self._quota(one, workloads)
        if self._late_limits:
            self._limits(workloads)

    def _limits(self, after: Sequence[pulumi.Resource]) -> core.v1.LimitRange:
        # Only memory has a maximum: a maximum of CPU would become every container's default CPU limit (ADR 0002).
        item = core.v1.LimitRangeItemArgs(
            type="Container",
            max={"memory": str(self._plan.limit_range_max.memory)},
            default={"memory": "128Mi", EPHEMERAL_STORAGE: "1Gi"},
            default_request={"cpu": "10m", "memory": "64Mi", EPHEMERAL_STORAGE: "64Mi"},
        )
        return core.v1.LimitRange(
            f"{self._name}-limits",
            metadata=metadata("limits", self.app),
            spec=core.v1.LimitRangeSpecArgs(limits=[item]),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )

    def _quota(self, step: QuotaStep, after: Sequence[pulumi.Resource]) -> core.v1.ResourceQuota:
        return core.v1.ResourceQuota(
            f"{self._name}-{step.name}",
            metadata=metadata(step.name, self.app),
            spec=core.v1.ResourceQuotaSpecArgs(hard={step.key: step.value}),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )


def quota_hard(plan: NamespacePlan) -> dict[str, str]:
    """Return the plan's quota by the API's own keys."""
    return {
        "requests.cpu": str(plan.quota_requests.cpu),
        "requests.memory": str(plan.quota_requests.memory),
        "limits.memory": str(plan.quota_memory_limits),
        f"requests.{EPHEMERAL_STORAGE}": str(plan.quota_disk),
        "pods": str(plan.quota_pods),
    }
