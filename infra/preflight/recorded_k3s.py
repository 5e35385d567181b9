"""Which k3s a deployment's server has, by the script that installed it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from infra.names import K3S_INSTALL_RESOURCE

_EXPORT = re.compile(r"^export K3S_VERSION='?([^'\n]+)'?$", re.MULTILINE)


def recorded_k3s(resources: Mapping[str, Any]) -> str:
    """The release; empty before it was installed.

    The script and no output of the stack: an update that failed behind it has no new outputs, and earlier programs gave
    none of this.

    Args:
        resources: The state's resources by URN, each with its type and outputs.
    """
    for urn, resource in resources.items():
        if urn.rpartition("::")[2] == K3S_INSTALL_RESOURCE:
            found = _EXPORT.search(str((resource.get("outputs") or {}).get("create") or ""))
            return found[1] if found else ""
    return ""
