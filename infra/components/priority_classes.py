"""Decide who gives way on a full node: workers first, Postgres and Redis last."""

from __future__ import annotations

import pulumi
from pulumi_kubernetes import scheduling

from infra.components._kubernetes import APP_PRIORITY, DATA_PRIORITY, POOL_PRIORITY, WORKER_PRIORITY, metadata

# Between pods without a class (0) and system-cluster-critical (2,000,000,000).
_VALUES = {DATA_PRIORITY: 1_000_000, APP_PRIORITY: 100_000, WORKER_PRIORITY: 50_000, POOL_PRIORITY: 40_000}


class PriorityClasses(pulumi.ComponentResource):
    """Let data services evict the app's pods from a full node, and web pods evict workers, never the reverse.

    A plan has room for all pods. A move to a smaller server does not, as long as pods of the old size exist: a web pod
    without room would stop the update, and a removed pool is deleted only at its end (ADR 0022).
    """

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:k8s:PriorityClasses", name, None, opts)
        self.ready: list[pulumi.Resource] = [
            scheduling.v1.PriorityClass(
                f"{name}-{key}",
                metadata=metadata(key, None),
                value=value,
                preemption_policy="PreemptLowerPriority",
                description="set by stagecoach",
                opts=pulumi.ResourceOptions(parent=self),
            )
            for key, value in _VALUES.items()
        ]
        self.register_outputs({})
