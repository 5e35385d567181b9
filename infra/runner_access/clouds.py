"""The same three steps at each cloud: find the server, open, close.

The stack's own firewall is never touched, so that an update finds nothing changed: Hetzner and DigitalOcean add up the
rules of all firewalls of a server; Vultr has one group a server, to which a rule is added that the stack does not know.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from typing import Any, Protocol

from infra.errors import Problem, RefusedError
from infra.names import CELERY_ROLE, CLOUD_ROLE_LABEL, DEPLOYMENT_LABEL, cloud_tags
from infra.runner_access.api import Api
from infra.runner_access.opening import PORTS, Opening

Mine = Callable[[str], bool]  # whether a name is one that is to go
_TRIES, _WAIT = 20, 1.5  # Hetzner takes a firewall off a server after it has answered
_PAGE = 200


class Access(Protocol):
    """One cloud."""

    def open(self, opening: Opening) -> None:
        """Lets the address in."""

    def close(self, deployment: str, mine: Mine) -> list[str]:
        """Takes away what is named so; the names."""


class Hetzner:
    """A firewall of its own, applied to the server."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def open(self, opening: Opening) -> None:
        """See above."""
        path = f"/servers?label_selector={DEPLOYMENT_LABEL}%3D{opening.deployment}"
        servers = [one for one in self.api.call("GET", path)["servers"] if not _is_celery(one["labels"])]
        rules = [
            {"direction": "in", "protocol": "tcp", "port": port, "source_ips": [opening.network]} for port in PORTS
        ]
        applied = [{"type": "server", "server": {"id": one["id"]}} for one in _found(servers, opening)]
        self.api.call("POST", "/firewalls", {"name": opening.name, "rules": rules, "apply_to": applied})

    def close(self, deployment: str, mine: Mine) -> list[str]:  # noqa: ARG002  names tell it
        """Off the server first: a firewall that is used is not deleted."""
        found = [one for one in self.api.call("GET", "/firewalls?per_page=50")["firewalls"] if mine(one["name"])]
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


class DigitalOcean:
    """A firewall of its own, applied to the Droplet."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def open(self, opening: Opening) -> None:
        """See above."""
        [tag] = cloud_tags(opening.deployment)
        droplets = self.api.call("GET", f"/droplets?tag_name={tag}&per_page={_PAGE}")["droplets"]
        servers = [one for one in droplets if not _has_role(one["tags"])]
        rules = [{"protocol": "tcp", "ports": port, "sources": {"addresses": [opening.network]}} for port in PORTS]
        ids = [one["id"] for one in _found(servers, opening)]
        self.api.call("POST", "/firewalls", {"name": opening.name, "inbound_rules": rules, "droplet_ids": ids})

    def close(self, deployment: str, mine: Mine) -> list[str]:  # noqa: ARG002  names tell it
        """See above."""
        listed = self.api.call("GET", f"/firewalls?per_page={_PAGE}")["firewalls"]
        found = [one for one in listed if mine(one["name"])]
        for one in found:
            self.api.call("DELETE", f"/firewalls/{one['id']}")
        return [one["name"] for one in found]


class Vultr:
    """Rules of its own in the server's one group."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def open(self, opening: Opening) -> None:
        """See above."""
        network = ipaddress.ip_network(opening.network)
        for group in _found(self._groups(opening.deployment), opening):
            for port in PORTS:
                rule = {
                    "ip_type": f"v{network.version}",
                    "protocol": "tcp",
                    "port": port,
                    "subnet": str(network.network_address),
                    "subnet_size": network.prefixlen,
                    "notes": opening.name,
                }
                self.api.call("POST", f"/firewalls/{group}/rules", rule)

    def close(self, deployment: str, mine: Mine) -> list[str]:
        """See above."""
        closed = []
        for group in self._groups(deployment):
            path = f"/firewalls/{group}/rules"
            for rule in self.api.call("GET", f"{path}?per_page={_PAGE}")["firewall_rules"]:
                if mine(rule.get("notes") or ""):
                    self.api.call("DELETE", f"{path}/{rule['id']}")
                    closed.append(str(rule["notes"]))
        return closed

    def _groups(self, deployment: str) -> list[str]:
        [tag] = cloud_tags(deployment)
        instances = self.api.call("GET", f"/instances?per_page={_PAGE}")["instances"]
        return [one["firewall_group_id"] for one in instances if tag in one["tags"] and not _has_role(one["tags"])]


ACCESS: dict[str, Callable[[Api], Access]] = {"hetzner": Hetzner, "digitalocean": DigitalOcean, "vultr": Vultr}


def _is_celery(labels: dict[str, str]) -> bool:
    return labels.get(CLOUD_ROLE_LABEL) == CELERY_ROLE


def _has_role(tags: list[str]) -> bool:
    return f"{CLOUD_ROLE_LABEL}:{CELERY_ROLE}" in tags


def _found(servers: list[Any], opening: Opening) -> list[Any]:
    """Raises RefusedError where there is none: an opening of nothing would look like one that works."""
    if not servers:
        allowed = f"a server of deployment {opening.deployment} at the provider"
        hint = "Is it the right token, and was the deployment built?"
        raise RefusedError("there is nothing to open", [Problem(path="server", value="", allowed=allowed, hint=hint)])
    return servers
