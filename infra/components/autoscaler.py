"""Scale a Deployment by its CPU."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import autoscaling

from infra.components._kubernetes import metadata
from infra.sizing.plan import WorkloadPlan

_TARGET_PERCENT = 70  # of the CPU request: the tier guide's threshold, see docs/explanation/guide.md
_UP_WINDOW, _UP_PERIOD = 60, 120  # seconds
_DOWN_WINDOW, _DOWN_PERIOD = 3600, 600  # seconds; the tier guide waits "1+ hours", and one hour is the API's maximum


@dataclass(frozen=True, kw_only=True)
class AutoscalerArgs:
    """Hold the inputs of `Autoscaler`."""

    plan: WorkloadPlan
    namespace: pulumi.Input[str]
    deployment_name: pulumi.Input[str]


class Autoscaler(pulumi.ComponentResource):
    """Own the replica count of a Deployment, up to the maximum that the plan proved to fit.

    If the maximum equals the minimum, it only holds the count that the Deployment sets (infra/program/autoscaling.py).
    """

    def __init__(self, name: str, args: AutoscalerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:app:Autoscaler", name, None, opts)
        target = autoscaling.v2.MetricTargetArgs(type="Utilization", average_utilization=_TARGET_PERCENT)
        metric = autoscaling.v2.MetricSpecArgs(
            type="Resource", resource=autoscaling.v2.ResourceMetricSourceArgs(name="cpu", target=target)
        )
        autoscaling.v2.HorizontalPodAutoscaler(
            f"{name}-hpa",
            metadata=metadata(args.plan.name, args.namespace),
            spec=autoscaling.v2.HorizontalPodAutoscalerSpecArgs(
                min_replicas=args.plan.replicas.min,
                max_replicas=args.plan.replicas.max,
                metrics=[metric],
                scale_target_ref=autoscaling.v2.CrossVersionObjectReferenceArgs(
                    api_version="apps/v1", kind="Deployment", name=args.deployment_name
                ),
                behavior=autoscaling.v2.HorizontalPodAutoscalerBehaviorArgs(
                    scale_up=_rules(_UP_WINDOW, _UP_PERIOD), scale_down=_rules(_DOWN_WINDOW, _DOWN_PERIOD)
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def _rules(window: int, period: int) -> autoscaling.v2.HPAScalingRulesArgs:
    policy = autoscaling.v2.HPAScalingPolicyArgs(type="Pods", value=1, period_seconds=period)
    return autoscaling.v2.HPAScalingRulesArgs(stabilization_window_seconds=window, policies=[policy])
