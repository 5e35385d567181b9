"""Read resources again whose last creation or update failed.

The plugins of most clouds save the *planned* values when an update fails (pulumi-terraform-bridge,
pkg/tfbridge/provider.go), for example rules that were never sent to a firewall, or a size that the server never got.
When the engine calls such a plugin again, it finds nothing to do. So these resources, and no others, are read from the
provider before the next update.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from infra.clouds import CLOUDS

_CLOUDS = tuple(f"{cloud.plugin}:" for cloud in CLOUDS.values())


def failed_resources(exported: str) -> list[str]:
    """Return the URNs of cloud resources whose last creation or update failed.

    Args:
        exported: The text that `pulumi stack export` prints.
    """
    deployment: Mapping[str, Any] = json.loads(exported).get("deployment") or {}
    resources: list[Mapping[str, Any]] = deployment.get("resources") or []
    return [one["urn"] for one in resources if one.get("initErrors") and one["type"].startswith(_CLOUDS)]


def refresh_of(urns: list[str]) -> list[str]:
    """Return the arguments of the engine's command that reads only these resources, as others may not answer.

    Args:
        urns: The resources.
    """
    targets = [word for urn in urns for word in ("--target", urn)]
    return ["refresh", "--yes", "--skip-preview", "--suppress-outputs", *targets]
