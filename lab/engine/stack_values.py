"""What a stack file says otherwise in the lab: the asked provider, and a network that is this machine's own."""

from __future__ import annotations

from typing import Any

from infra.clouds import CLOUDS

_PREFIX = "stagecoach:"
_PIN = "instance_type"
# A lab has no people to keep out: its addresses are this machine's own loopback.
_ADMINS = {f"{_PREFIX}admin_cidrs": ["127.0.0.0/8"]}


def lab_values(config: dict[str, Any], provider: str) -> dict[str, Any]:
    """Values to put over a stack file's; another provider means its region and none of the file's pinned types."""
    if config.get(f"{_PREFIX}provider") == provider:
        return dict(_ADMINS)
    place = {
        f"{_PREFIX}provider": provider,
        f"{_PREFIX}region": CLOUDS[provider].default_region if provider in CLOUDS else "",
    }
    values: dict[str, Any] = {**_ADMINS, **place, f"{_PREFIX}{_PIN}": None}
    servers = config.get(f"{_PREFIX}celery_servers")
    if isinstance(servers, dict):
        values[f"{_PREFIX}celery_servers"] = {key: value for key, value in servers.items() if key != _PIN} or None
    return values
