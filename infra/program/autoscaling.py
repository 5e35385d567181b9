"""Decide which workloads have an autoscaler, and whether it is set before or after its Deployment rolls (ADR 0022)."""

from __future__ import annotations

from collections.abc import Iterator

import pulumi

from infra.components.autoscaler import Autoscaler, AutoscalerArgs
from infra.preflight.bounds import Bounds
from infra.sizing.plan import StackPlan, WorkloadPlan


class Autoscaling:
    """Register the autoscalers of one plan, given the ones that the deployment has.

    Where the new plan has room for only one replica count, an existing autoscaler stays and holds that count. The
    engine deletes resources at the end of an update; until then the old minimum would ask for pods that fit on no node.
    """

    def __init__(self, plan: StackPlan, now: Bounds, namespace: pulumi.Input[str]) -> None:
        self._now, self._namespace = now, namespace
        self._scaled = {one.name: one for one in (plan.django.workload, *(pool.workload for pool in plan.workers))}

    def exists(self, workload: WorkloadPlan) -> bool:
        """Return whether the workload has an autoscaler after this update.

        An update that was killed may leave an autoscaler that only the cluster knows. Left alone, it would raise the
        replica count again and again. So it is registered here, and adopted with everything else that such an update
        leaves.
        """
        known = {*self._now.recorded_autoscalers, *self._now.autoscalers}
        return workload.replicas.autoscaled or workload.name in known

    def lower(self, opts: pulumi.ResourceOptions) -> list[pulumi.Resource]:
        """Register the autoscalers whose minimum or maximum falls, and return them; every workload waits for them."""
        return list(self._lowered(opts))

    def follow(self, workload: WorkloadPlan, deployment_name: pulumi.Output[str], opts: pulumi.ResourceOptions) -> None:
        """Register the workload's autoscaler after its Deployment, unless it has none or `lower` has registered it.

        Args:
            workload: the Deployment's plan.
            deployment_name: an output of the Deployment, so that the autoscaler waits for it.
            opts: the options of the autoscaler.
        """
        if self.exists(workload) and not self._falls(workload):
            self._make(workload, deployment_name, opts)

    def _lowered(self, opts: pulumi.ResourceOptions) -> Iterator[pulumi.Resource]:
        for workload in self._scaled.values():
            if self.exists(workload) and self._falls(workload):
                yield self._make(workload, workload.name, opts)

    def _falls(self, workload: WorkloadPlan) -> bool:
        return self._now.autoscaler_falls(workload.name, workload.replicas.min, workload.replicas.max)

    def _make(
        self, workload: WorkloadPlan, deployment_name: pulumi.Input[str], opts: pulumi.ResourceOptions
    ) -> Autoscaler:
        arguments = AutoscalerArgs(plan=workload, namespace=self._namespace, deployment_name=deployment_name)
        return Autoscaler(f"{workload.name}-autoscaler", arguments, opts=opts)
