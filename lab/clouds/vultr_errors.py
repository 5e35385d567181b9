"""How the Vultr provider words what the API refuses."""

from __future__ import annotations

import json

from lab.plugins.package import PluginError

_BAD_REQUEST = 400


def refused(action: str, text: str) -> PluginError:
    """The provider's words around the API's JSON."""
    body = json.dumps({"error": text, "status": _BAD_REQUEST}, separators=(",", ":"))
    return PluginError(f"{action}: {body}")
