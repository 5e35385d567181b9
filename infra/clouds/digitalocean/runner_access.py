"""Open DigitalOcean's firewall for a runner: create a separate firewall and apply it to the Droplet.

DigitalOcean adds up the rules of all firewalls of a Droplet, so the stack's own firewall is never changed.
"""

from __future__ import annotations

from infra.clouds.runner_access.access import PAGE, Mine, has_celery_tag, require_server
from infra.clouds.runner_access.api import Api
from infra.clouds.runner_access.opening import PORTS, Opening
from infra.names import cloud_tags


class RunnerAccess:
    """Runner access at DigitalOcean uses a separate firewall, applied to the Droplet."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def open(self, opening: Opening) -> None:
        """Create a firewall that lets the runner's address in; `Access.open` has the details."""
        [tag] = cloud_tags(opening.deployment)
        droplets = self.api.call("GET", f"/droplets?tag_name={tag}&per_page={PAGE}")["droplets"]
        servers = [one for one in droplets if not has_celery_tag(one["tags"])]
        rules = [{"protocol": "tcp", "ports": port, "sources": {"addresses": [opening.network]}} for port in PORTS]
        ids = [one["id"] for one in require_server(servers, opening)]
        self.api.call("POST", "/firewalls", {"name": opening.name, "inbound_rules": rules, "droplet_ids": ids})

    def close(self, deployment: str, mine: Mine) -> list[str]:  # noqa: ARG002  the names identify the deployment
        """Delete the firewalls whose name `mine` accepts; `Access.close` has the details."""
        listed = self.api.call("GET", f"/firewalls?per_page={PAGE}")["firewalls"]
        found = [one for one in listed if mine(one["name"])]
        for one in found:
            self.api.call("DELETE", f"/firewalls/{one['id']}")
        return [one["name"] for one in found]
