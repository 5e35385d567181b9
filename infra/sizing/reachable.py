"""Find out which instance types a running server can become by a resize."""

from __future__ import annotations

from infra.clouds import CLOUDS
from infra.clouds.catalog.instance_type import InstanceType
from infra.errors import ConfigError, Problem
from infra.sizing.inputs import Recorded


def why_unreachable(
    wanted: InstanceType, running: InstanceType | None, provider: str, recorded: Recorded | None
) -> str | None:
    """Explain why the provider would refuse the resize.

    Args:
        wanted: The type to resize to.
        running: The type that runs; None if it is not in the catalog, or nothing runs.
        provider: The provider's name.
        recorded: What the deployment has; None if it does not exist yet.

    Returns:
        None if the resize is possible, or nothing runs yet.
    """
    if recorded is None or wanted.name == recorded.instance_type:
        return None
    if wanted.disk_gb < recorded.root_disk_gb:
        return f"its disk of {wanted.disk_gb} GB is smaller than the server's root disk of {recorded.root_disk_gb} GB"
    smaller = running and (wanted.memory < running.memory or wanted.vcpu < running.vcpu)
    if smaller and CLOUDS[provider].upgrade_only:
        return f"{provider} does not make a server smaller"
    return None


def require_reachable(
    pinned: InstanceType, running: InstanceType | None, provider: str, recorded: Recorded | None, field: str
) -> None:
    """Refuse a pinned type that the running server cannot become.

    Args:
        pinned: The type that is pinned.
        running: The type that runs; None if it is not in the catalog, or nothing runs.
        provider: The provider's name.
        recorded: What the deployment has; None if it does not exist yet.
        field: The key of the stack file that pins the type.

    Raises:
        ConfigError: The server cannot be resized to the pinned type.
    """
    reason = why_unreachable(pinned, running, provider, recorded)
    if reason and recorded:
        problem = Problem(
            path=f"stagecoach:{field}",
            value=pinned.name,
            allowed=f"the server is a {recorded.instance_type} and can't become one: {reason}",
            hint="Pin a larger type, or take the pin out",
        )
        raise ConfigError("the server can't be resized to that", [problem])
