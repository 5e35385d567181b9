"""What follows from the cluster's nodes: this one's pods' network, routes to the others', passwords of those gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lab.nodes.real.k3s.guest import log, network, node_password
from lab.nodes.real.k3s.guest.api import MERGE_PATCH, Api
from lab.nodes.real.k3s.guest.config import SERVER, Config
from lab.nodes.real.k3s.guest.containerd import cni_folder
from lab.nodes.real.k3s.guest.layout import Layout

_EARLY, _LATER = 0.2, 3.0  # seconds between two looks: until the node has its network, and then
_CONTROL_PLANE = {"node-role.kubernetes.io/control-plane": "true"}  # a kubelet may not set it itself


@dataclass
class Nodes:
    """One look at a time; `lab.nodes.real.k3s.guest.lifecycle.Lifecycle.repeat` calls it."""

    api: Api
    config: Config
    layout: Layout
    _known: set[str] = field(default_factory=set)

    def look(self) -> float:
        """Seconds until the next look."""
        nodes: list[dict[str, Any]] = self.api.request("GET", "/api/v1/nodes")["items"]
        names = {one["metadata"]["name"] for one in nodes}
        if self.config.role == SERVER:
            self._forget(self._known - names)
        self._known = names
        own = next((one for one in nodes if one["metadata"]["name"] == self.config.node_name), None)
        cidr = (own or {}).get("spec", {}).get("podCIDR", "")
        if own is None or not cidr:
            return _EARLY
        if self.config.role == SERVER and not _CONTROL_PLANE.items() <= own["metadata"]["labels"].items():
            path = f"/api/v1/nodes/{self.config.node_name}"
            self.api.request("PATCH", path, {"metadata": {"labels": _CONTROL_PLANE}}, MERGE_PATCH)
        network.write_cni(cni_folder(self.layout), cidr)
        network.set_routes(routes(nodes, self.config.node_name), self.config.flannel_iface)
        return _LATER

    def _forget(self, gone: set[str]) -> None:
        for name in gone:
            node_password.forget(self.api, name)
            log.info(f"node {name} was deleted, and its password with it")


def routes(nodes: list[dict[str, Any]], own: str) -> dict[str, str]:
    """Pods' networks of the other nodes, by the address that leads there."""
    wanted = {}
    for one in nodes:
        cidr = one["spec"].get("podCIDR")
        addresses = {entry["type"]: entry["address"] for entry in one.get("status", {}).get("addresses", [])}
        if one["metadata"]["name"] != own and cidr and "InternalIP" in addresses:
            wanted[cidr] = addresses["InternalIP"]
    return wanted
