"""The `hcloud` package over the emulated Hetzner Cloud."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lab.clouds.offers import hetzner_types
from lab.clouds.selection import selects
from lab.plugins.diffing import Diff
from lab.plugins.package import Call
from lab.plugins.packages.cloud import CloudPackage, kind_of
from lab.plugins.values import Properties

# Inputs that are optional and computed: a program that stops giving one changes nothing.
_COMPUTED = {"primaryIp": ("assigneeId", "assigneeType")}


class HetznerPackage(CloudPackage):
    """What hcloud adds to the common rules: both protections at once, a look-up by label."""

    name = "hcloud"

    def check(self, call: Call) -> Properties:
        """Warns where the provider does (terraform-provider-hcloud v1.66.1, internal/primaryip/resource.go)."""
        checked = super().check(call)
        if kind_of(call) == "primaryIp" and "assigneeType" in call.inputs and "assigneeId" not in call.inputs:
            self.warn(call, "Unused Attribute: assignee_type is only required together with assignee_id")
        return checked

    def diff(self, call: Call) -> Diff:
        """As everywhere, but for what the provider computes itself: left out it keeps its value."""
        computed = [key for key in _COMPUTED.get(kind_of(call), ()) if key not in call.inputs]
        kept = {key: value for key, value in call.old_inputs.items() if key not in computed}
        return super().diff(replace(call, old_inputs=kept))

    def refused(self, kind: str, inputs: Properties) -> list[tuple[str, str]]:
        """The two protections go together; a volume's server is an attachment of its own."""
        pair = inputs.get("deleteProtection", False), inputs.get("rebuildProtection", False)
        if kind == "server" and pair[0] != pair[1]:
            return [("rebuildProtection", "must equal deleteProtection")]
        if kind == "primaryIp" and "assigneeId" in inputs and "assigneeType" not in inputs:
            return [("assigneeId", "must be configured together with assigneeType")]
        if kind == "volume" and "serverId" in inputs:
            return [("serverId", "the lab attaches volumes by VolumeAttachment only")]
        return []

    def saved(self, call: Call, _error: Exception) -> Properties:
        """The old values: hcloud's resources begin an update with `d.Partial(true)`."""
        return call.olds

    def invoke(self, function: str, arguments: Properties) -> dict[str, Any]:
        """Servers by label, as the look-up of an existing deployment asks; what is sold, as the preflight does."""
        if function == "hcloud:index/getServerTypes:getServerTypes":
            return self._server_types()
        if function != "hcloud:index/getServers:getServers":
            return super().invoke(function, arguments)
        selector = arguments.get("withSelector") or ""
        found = [
            {**self.cloud.kind("server").shown(record), "id": int(resource_id)}
            for resource_id, record in self.cloud.store.all("server").items()
            if selects(selector, record.get("labels") or {})
        ]
        return {"servers": found, "id": selector or "all"}

    def _server_types(self) -> dict[str, Any]:
        types = hetzner_types(self.cloud.rows, self.cloud.sold_out)
        names = [one["name"] for one in types]
        described = {"names": names, "descriptions": [one["description"] for one in types]}
        return {"serverTypes": types, "serverTypeIds": [str(one["id"]) for one in types], **described, "id": "types"}
