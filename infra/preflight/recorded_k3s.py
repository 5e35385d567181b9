"""Find the release of k3s that a deployment's server runs, in the script that installed it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from infra.names import K3S_INSTALL_RESOURCE

_EXPORT = re.compile(r"^export K3S_VERSION='?([^'\n]+)'?$", re.MULTILINE)


def recorded_k3s(resources: Mapping[str, Any]) -> str:
    """Return the release of k3s, or an empty text before it is installed.

    The script is more reliable than the stack's outputs: an update that failed after the installation has no new
    outputs, and earlier programs had no such output.

    Args:
        resources: The state's resources by URN, each with its type and outputs.
    """
    for urn, resource in resources.items():
        if urn.rpartition("::")[2] == K3S_INSTALL_RESOURCE:
            found = _EXPORT.search(str((resource.get("outputs") or {}).get("create") or ""))
            return found[1] if found else ""
    return ""
