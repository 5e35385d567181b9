"""How the DigitalOcean provider words what the API refuses."""

from __future__ import annotations

from lab.plugins.package import PluginError

_API = "https://api.digitalocean.com/v2/"
_NOT_FOUND = "The resource you were accessing could not be found."


def refused(action: str, request: str, status: int, text: str) -> PluginError:
    """`request` is a method and a path; `text` is the API's."""
    method, path = request.split(" ", 1)
    return PluginError(f"{action}: {method} {_API}{path}: {status} {text}")


def missing(kind: str, resource_id: str) -> PluginError:
    """An id that the API does not know."""
    return refused(f"Error retrieving {kind}", f"GET {kind.lower()}s/{resource_id}", 404, _NOT_FOUND)
