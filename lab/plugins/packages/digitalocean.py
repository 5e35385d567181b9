"""The `digitalocean` package over the emulated DigitalOcean."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from lab.clouds.offers import digitalocean_sizes
from lab.clouds.selection import has
from lab.plugins.diffing import Diff
from lab.plugins.package import Call, PluginError
from lab.plugins.packages.cloud import CloudPackage, kind_of
from lab.plugins.values import Properties

_SHRUNK = "volumes `size` can only be expanded and not shrunk"
# Inputs of the schema that would be done without a word; the stack uses the resource beside each.
_NOT_PLAYED = {
    "droplet": {"volumeIds": "VolumeAttachment"},
    "reservedIp": {"dropletId": "ReservedIpAssignment"},
}


class DigitalOceanPackage(CloudPackage):
    """What DigitalOcean's provider adds to the common rules."""

    name = "digitalocean"

    def refused(self, kind: str, inputs: Properties) -> list[tuple[str, str]]:
        """What the lab does not play, and what the provider wants."""
        failures = [
            (key, f"the lab plays {instead} only")
            for key, instead in _NOT_PLAYED.get(kind, {}).items()
            if inputs.get(key)
        ]
        if kind == "droplet" and inputs.get("publicNetworking") is False:
            failures.append(("publicNetworking", "the lab plays no droplet without a public address"))
        if kind == "firewall":
            failures += [
                (key, "`port_range` is required if protocol is `tcp` or `udp`")
                for key in ("inboundRules", "outboundRules")
                for rule in inputs.get(key, [])
                if rule["protocol"] != "icmp" and not rule.get("portRange")
            ]
        return failures

    def replacing(self, call: Call) -> Iterable[str]:
        """IPv6 can be turned on, not off."""
        off = call.old_inputs.get("ipv6") and not call.inputs.get("ipv6")
        return [*super().replacing(call), *(["ipv6"] if off else [])]

    def diff(self, call: Call) -> Diff:
        """The provider refuses a smaller volume in the preview."""
        if kind_of(call) == "volume":
            old, new = call.old_inputs.get("size"), call.inputs.get("size")
            if isinstance(old, int) and isinstance(new, int) and new < old:
                raise PluginError(_SHRUNK)
        return super().diff(call)

    def saved(self, call: Call, error: Exception) -> Properties:
        """The planned values, unless the power-off was answered: its wait reads the droplet back (resource_droplet.go).

        An injected fault strikes at the first request, which is that power-off.
        """
        planned = super().saved(call, error)
        resized = call.olds.get("size") != call.inputs.get("size")
        if kind_of(call) == "droplet" and resized and isinstance(error, PluginError):
            return {**planned, **(self.cloud.read("droplet", call.id) or {})}
        return planned

    def invoke(self, function: str, arguments: Properties) -> dict[str, Any]:
        """Droplets by any of their fields, as the look-up of an existing deployment asks; sizes, for the preflight."""
        if function == "digitalocean:index/getSizes:getSizes":
            if arguments.get("filters") or arguments.get("sorts"):
                raise PluginError("the lab lists all sizes, in one order")
            return {"sizes": digitalocean_sizes(self.cloud.rows, self.cloud.sold_out), "id": "sizes"}
        if function != "digitalocean:index/getDroplets:getDroplets":
            return super().invoke(function, arguments)
        filters = arguments.get("filters") or []
        rows = [self._droplet(one, record) for one, record in self.cloud.store.all("droplet").items()]
        found = [row for row in rows if all(_matches(row, one) for one in filters)]
        return {"droplets": found, "filters": filters, "id": f"droplets-{len(found)}"}

    def _droplet(self, resource_id: str, record: Properties) -> Properties:
        unset = {"backups": False, "gpuPartitionMode": "", "ipv6": False, "monitoring": False, "tags": []}
        shown = self.cloud.kind("droplet").shown(record)
        ids = {"id": int(resource_id), "urn": record["dropletUrn"], "ipv6AddressPrivate": ""}
        return {**unset, **shown, **ids}


def _matches(row: Properties, wanted: Properties) -> bool:
    """One filter; the provider's default is that any of its values will do."""
    key = re.sub(r"_(\w)", lambda found: found[1].upper(), wanted["key"])
    if key not in row or wanted.get("matchBy", "exact") != "exact":
        raise PluginError(f"the lab filters droplets by exact values of one of {sorted(row)}, not by {wanted}")
    return has(row[key], wanted["values"], every=bool(wanted.get("all")))
