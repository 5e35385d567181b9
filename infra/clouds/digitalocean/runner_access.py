"""Open DigitalOcean's firewall for a runner: create a separate firewall and apply it to the Droplet.

DigitalOcean adds up the rules of all firewalls of a Droplet, so the stack's own firewall is never changed.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

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
        droplets = self.api.items(f"/droplets?tag_name={tag}&per_page={PAGE}", "droplets", _more)
        servers = [one for one in droplets if not has_celery_tag(one["tags"])]
        rules = [{"protocol": "tcp", "ports": port, "sources": {"addresses": [opening.network]}} for port in PORTS]
        ids = [one["id"] for one in require_server(servers, opening)]
        self.api.call("POST", "/firewalls", {"name": opening.name, "inbound_rules": rules, "droplet_ids": ids})

    def close(self, deployment: str, mine: Mine) -> list[str]:  # noqa: ARG002  the names identify the deployment
        """Delete the firewalls whose name `mine` accepts; `Access.close` has the details."""
        listed = list(self.api.items(f"/firewalls?per_page={PAGE}", "firewalls", _more))
        found = [one for one in listed if mine(one["name"])]
        for one in found:
            self.api.call("DELETE", f"/firewalls/{one['id']}")
        return [one["name"] for one in found]


def _more(answer: dict[str, Any]) -> str:
    """Return the next page, which an answer names by its address (docs.digitalocean.com, "Links & Pagination")."""
    link = ((answer.get("links") or {}).get("pages") or {}).get("next") or ""
    page = parse_qs(urlsplit(link).query).get("page")
    return f"&page={page[0]}" if page else ""
