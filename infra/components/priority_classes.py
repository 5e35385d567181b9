"""Who gives way on a full node: workers first, Postgres and Redis last."""

from __future__ import annotations

import pulumi
from pulumi_kubernetes import scheduling

from infra.components._kubernetes import APP_PRIORITY, DATA_PRIORITY, POOL_PRIORITY, WORKER_PRIORITY, metadata

# Below system-cluster-critical (2,000,000,000), above anything without a class (0).
_VALUES = {DATA_PRIORITY: 1_000_000, APP_PRIORITY: 100_000, WORKER_PRIORITY: 50_000, POOL_PRIORITY: 40_000}


class PriorityClasses(pulumi.ComponentResource):
    """On a full node the data services push the app's pods away, the web pods workers, never the other way round.

    A plan has room for all of them.  A move to a smaller server has not, while pods of the old size are still there: a
    web pod that finds no room would stop the update, and a pool that goes is deleted at its end only (ADR 0022).
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
