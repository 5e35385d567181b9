"""Open Vultr's firewall for a runner: add rules to the firewall group of the server.

The stack's state does not contain these rules, so an update leaves them alone.
"""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import quote

from infra.clouds.runner_access.access import PAGE, Mine, has_celery_tag, require_server
from infra.clouds.runner_access.api import Api
from infra.clouds.runner_access.opening import PORTS, Opening
from infra.names import cloud_tags


class RunnerAccess:
    """Runner access at Vultr adds rules to the server's firewall group, because an instance has only one group."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def open(self, opening: Opening) -> None:
        """Add rules that let the runner's address in; `Access.open` has the details."""
        network = ipaddress.ip_network(opening.network)
        for group in require_server(self._groups(opening.deployment), opening):
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
        """Delete the rules whose note `mine` accepts; `Access.close` has the details."""
        closed = []
        for group in self._groups(deployment):
            path = f"/firewalls/{group}/rules"
            for rule in list(self.api.items(f"{path}?per_page={PAGE}", "firewall_rules", _more)):
                if mine(rule.get("notes") or ""):
                    self.api.call("DELETE", f"{path}/{rule['id']}")
                    closed.append(str(rule["notes"]))
        return closed

    def _groups(self, deployment: str) -> list[str]:
        [tag] = cloud_tags(deployment)
        instances = self.api.items(f"/instances?per_page={PAGE}", "instances", _more)
        return [one["firewall_group_id"] for one in instances if tag in one["tags"] and not has_celery_tag(one["tags"])]


def _more(answer: dict[str, Any]) -> str:
    """Return the next page's cursor (vultr.com/api, "Pagination")."""
    cursor = ((answer.get("meta") or {}).get("links") or {}).get("next")
    return f"&cursor={quote(cursor)}" if cursor else ""
