"""Set how long an update waits for a workload."""

from __future__ import annotations

from collections.abc import Callable

import pulumi

_WITH_PODS = ("kubernetes:apps/v1:", "kubernetes:batch/v1:Job")


def waiting(
    minutes: int,
) -> Callable[[pulumi.ResourceTransformationArgs], pulumi.ResourceTransformationResult | None]:
    """Return a transformation that sets how long the engine waits for resources with pods, instead of ten minutes.

    Args:
        minutes: the stack file's `rollout_minutes`.
    """
    time = f"{minutes}m"
    timeouts = pulumi.CustomTimeouts(create=time, update=time, delete=time)

    def transformation(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not args.type_.startswith(_WITH_PODS):
            return None
        options = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(custom_timeouts=timeouts))
        return pulumi.ResourceTransformationResult(props=args.props, opts=options)

    return transformation


def migration_seconds(minutes: int) -> int:
    """Return the migration's deadline in seconds: one minute before the update gives up, so that the job can say why.

    Args:
        minutes: the stack file's `rollout_minutes`.
    """
    return 60 * (minutes - 1)
