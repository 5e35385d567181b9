"""Open Hetzner's firewall for a runner: create a separate firewall and apply it to the server.

Hetzner adds up the rules of all firewalls of a server, so the stack's own firewall is never changed.
"""

from __future__ import annotations

import time
from typing import Any

from infra.clouds.runner_access.access import Mine, require_server
from infra.clouds.runner_access.api import Api
from infra.clouds.runner_access.opening import PORTS, Opening
from infra.errors import RefusedError
from infra.names import CELERY_ROLE, CLOUD_ROLE_LABEL, DEPLOYMENT_LABEL

_TRIES, _WAIT = 20, 1.5  # Hetzner answers before it has detached a firewall; the wait is in seconds


class RunnerAccess:
    """Runner access at Hetzner uses a separate firewall, applied to the server."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def open(self, opening: Opening) -> None:
        """Create a firewall that lets the runner's address in; `Access.open` has the details."""
        path = f"/servers?label_selector={DEPLOYMENT_LABEL}%3D{opening.deployment}"
        servers = [
            one for one in self.api.call("GET", path)["servers"] if one["labels"].get(CLOUD_ROLE_LABEL) != CELERY_ROLE
        ]
        rules = [
            {"direction": "in", "protocol": "tcp", "port": port, "source_ips": [opening.network]} for port in PORTS
        ]
        applied = [{"type": "server", "server": {"id": one["id"]}} for one in require_server(servers, opening)]
        self.api.call("POST", "/firewalls", {"name": opening.name, "rules": rules, "apply_to": applied})

    def close(self, deployment: str, mine: Mine) -> list[str]:  # noqa: ARG002  the names identify the deployment
        """Detach and delete the firewalls whose name `mine` accepts: Hetzner does not delete one that is in use."""
        found = [one for one in self.api.items("/firewalls?per_page=50", "firewalls", _more) if mine(one["name"])]
        for one in found:
            applied = [{"type": "server", "server": entry["server"]} for entry in one.get("applied_to", ())]
            if applied:
                path = f"/firewalls/{one['id']}/actions/remove_from_resources"
                self.api.call("POST", path, {"remove_from": applied})
            self._delete(f"/firewalls/{one['id']}")
        return [one["name"] for one in found]

    def _delete(self, path: str) -> None:
        for attempt in range(_TRIES):
            try:
                self.api.call("DELETE", path)
            except RefusedError:
                if attempt == _TRIES - 1:
                    raise
                time.sleep(_WAIT)
            else:
                return


def _more(answer: dict[str, Any]) -> str:
    """Return the next page, as docs.hetzner.cloud has it under "Pagination"."""
    page = ((answer.get("meta") or {}).get("pagination") or {}).get("next_page")
    return f"&page={page}" if page else ""
