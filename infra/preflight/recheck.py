"""What the provider has of resources whose last creation or update failed.

The plugins of most clouds save what was *planned* when an update fails (pulumi-terraform-bridge, pkg/tfbridge/
provider.go): a firewall whose rules were never sent, a server that was never resized.  The engine calls such a plugin
once more, which finds nothing to do.  So these resources, and only these, are read again before the next update.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from infra.clouds import CLOUDS

_CLOUDS = tuple(f"{cloud.plugin}:" for cloud in CLOUDS.values())


def failed_resources(exported: str) -> list[str]:
    """URNs of the clouds' resources that carry an error, from the text that `pulumi stack export` prints."""
    deployment: Mapping[str, Any] = json.loads(exported).get("deployment") or {}
    resources: list[Mapping[str, Any]] = deployment.get("resources") or []
    return [one["urn"] for one in resources if one.get("initErrors") and one["type"].startswith(_CLOUDS)]


def refresh_of(urns: list[str]) -> list[str]:
    """The engine's command that reads them again, and nothing else: the rest may not answer."""
    targets = [word for urn in urns for word in ("--target", urn)]
    return ["refresh", "--yes", "--skip-preview", "--suppress-outputs", *targets]
