"""The `vultr` package over the emulated Vultr."""

from __future__ import annotations

import re
from typing import Any

from lab.clouds.offers import vultr_plan
from lab.clouds.selection import has
from lab.plugins.package import PluginError
from lab.plugins.packages.cloud import CloudPackage
from lab.plugins.values import Properties

_SYSTEMS = ("osId", "appId", "imageId", "isoId", "snapshotId")
_TOKEN = "vultr:index/{0}:{0}"  # noqa: S105  a function's name


class VultrPackage(CloudPackage):
    """What Vultr's provider adds to the common rules."""

    name = "vultr"

    def refused(self, kind: str, inputs: Properties) -> list[tuple[str, str]]:
        """One operating system, a schedule for backups; what the lab does not play."""
        if kind == "reservedIp" and (inputs.get("instanceId") or inputs.get("ipType") != "v4"):
            return [("instanceId", "the lab plays IPv4 addresses that Instance.reservedIpId takes")]
        if kind != "instance":
            return []
        failures = []
        if len([key for key in _SYSTEMS if inputs.get(key)]) != 1:
            failures.append(("osId", f"exactly one of {', '.join(_SYSTEMS)} is needed"))
        if (inputs.get("backups", "disabled") == "enabled") != bool(inputs.get("backupsSchedule")):
            failures.append(("backupsSchedule", "goes with backups: enabled, and with nothing else"))
        if inputs.get("disablePublicIpv4"):
            failures.append(("disablePublicIpv4", "the lab plays no instance without a public address"))
        return failures

    def secret_outputs(self, type_: str) -> frozenset[str]:
        """The password that Vultr makes."""
        return frozenset({"defaultPassword"}) if type_.endswith(":Instance") else frozenset()

    def invoke(self, function: str, arguments: Properties) -> dict[str, Any]:
        """Instances by any of their fields: a list, or exactly one; a plan by its id."""
        filters = arguments.get("filters") or []
        if function == _TOKEN.format("getPlan"):
            return self._plan(filters)
        if function == _TOKEN.format("getInstances"):
            return {"instances": self._instances(filters), "filters": filters, "id": "instances"}
        found = self._found(function, filters)
        if found is None:
            return super().invoke(function, arguments)
        if len(found) > 1:
            raise PluginError("your search returned too many results. Please refine your search to be more specific")
        if not found:
            raise PluginError("no results were found")
        return {**found[0], "filters": filters}

    def _found(self, function: str, filters: list[Properties]) -> list[Properties] | None:
        """What a function looks through that answers with exactly one."""
        if function == _TOKEN.format("getInstance"):
            return self._instances(filters)
        if function != _TOKEN.format("getBlockStorage"):
            return None
        stored = self.cloud.store.all("blockStorage").items()
        rows = [{"attachedToInstance": "", **record, "id": resource_id} for resource_id, record in stored]
        return [row for row in rows if all(_matches(row, one) for one in filters)]

    def _plan(self, filters: list[Properties]) -> dict[str, Any]:
        if [one["name"] for one in filters] != ["id"]:
            raise PluginError("the lab finds a plan by its id only")
        found = [row for row in self.cloud.rows if row.name in filters[0]["values"]]
        if not found:
            raise PluginError("no results were found")
        return {**vultr_plan(found[0], self.cloud.sold_out), "filters": filters}

    def _instances(self, filters: list[Properties]) -> list[Properties]:
        if not filters:
            raise PluginError("issue with filter: false")
        rows = [
            {"tags": [], **record, "id": resource_id}
            for resource_id, record in self.cloud.store.all("instance").items()
        ]
        return [row for row in rows if all(_matches(row, one) for one in filters)]


def _matches(row: Properties, wanted: Properties) -> bool:
    """One filter by the API's field name; any of its values will do."""
    value = row.get(re.sub(r"_(\w)", lambda found: found[1].upper(), wanted["name"]))
    if isinstance(value, list):
        # Some versions of the provider never match a list, others want every value in it.
        raise PluginError(f"the lab does not filter by {wanted['name']}: providers differ on lists")
    return value is not None and has(value, wanted["values"], every=False)
