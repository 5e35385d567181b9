"""What a stack file says otherwise on the lab's real servers: what can't be had here comes from the lab, by name."""

from __future__ import annotations

from typing import Any

from lab.images import overrides
from lab.nodes.real.k3s.bundle import k3s_file
from lab.nodes.real.vps.gateway import SMTP_PORT
from lab.nodes.real.vps.network import GATEWAY, MAIL_SERVER

_PREFIX = "stagecoach:"


def real_values(config: dict[str, Any]) -> dict[str, Any]:
    """k3s is the stand-in, some images have the version that the lab can make, e-mail ends in the lab's folder."""
    path, sha256, version = k3s_file()
    release = {"version": version, "url": f"http://{GATEWAY}/{path.name}", "sha256": sha256}
    return {
        f"{_PREFIX}k3s": {**(config.get(f"{_PREFIX}k3s") or {}), **release},
        f"{_PREFIX}images": {**overrides(), **(config.get(f"{_PREFIX}images") or {})},
        f"{_PREFIX}env": {"EMAIL_URL": f"smtp://{MAIL_SERVER}:{SMTP_PORT}", **(config.get(f"{_PREFIX}env") or {})},
    }
