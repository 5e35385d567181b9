"""Who is evicted last: Postgres and Redis."""

from __future__ import annotations

import pulumi
from pulumi_kubernetes import scheduling

from infra.components._kubernetes import APP_PRIORITY, DATA_PRIORITY, metadata

# Below system-cluster-critical (2,000,000,000), above anything without a class (0).
_VALUES = {DATA_PRIORITY: 1_000_000, APP_PRIORITY: 100_000}


class PriorityClasses(pulumi.ComponentResource):
    """Two classes: on a full node the data services push the app's pods away, never the other way round."""

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
