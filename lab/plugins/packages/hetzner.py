"""The `hcloud` package over the emulated Hetzner Cloud."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from lab.clouds.hetzner import HetznerCloud
from lab.clouds.store import Record
from lab.plugins.diffing import Diff, compare
from lab.plugins.facts import TypeFacts, load
from lab.plugins.package import Call, CheckFailedError, Package, PluginError
from lab.plugins.values import UNKNOWN, Properties

_COMPUTED: dict[str, tuple[str, ...]] = {
    "server": ("ipv4Address", "ipv6Address", "status", "primaryDiskSize"),
    "primaryIp": ("ipAddress",),
    "volume": ("linuxDevice",),
    "networkSubnet": ("gateway",),
    "serverNetwork": ("ip", "macAddress"),
    "sshKey": ("fingerprint",),
}
_NAMED = ("server", "primaryIp", "volume", "network", "firewall", "sshKey")
_INTERNAL = ("addressId", "serverId")  # what the cloud keeps, but the API does not return under this name
_DELETERS: dict[str, Callable[[HetznerCloud, str], None]] = {
    "server": HetznerCloud.delete_server,
    "volume": HetznerCloud.delete_volume,
    "primaryIp": HetznerCloud.delete_address,
}


class HetznerPackage(Package):
    """Strict: unknown inputs, missing ones and what the API refuses are errors."""

    name = "hcloud"

    def __init__(self, cloud: HetznerCloud) -> None:
        self.cloud = cloud
        self.facts = load(self.name)

    def check(self, call: Call) -> Properties:
        """Unknown and missing inputs, all at once."""
        facts = self._facts(call)
        given = {key for key in call.inputs if not key.startswith("__")}
        failures = [(key, "an unexpected argument") for key in sorted(given - facts.inputs)]
        failures += [(key, "a required argument is missing") for key in sorted(facts.required - given)]
        if (
            call.inputs.get("deleteProtection", False) != call.inputs.get("rebuildProtection", False)
            and _kind(call) == "server"
        ):
            failures.append(("rebuildProtection", "must equal deleteProtection"))
        if failures:
            raise CheckFailedError(failures)
        return call.inputs

    def diff(self, call: Call) -> Diff:
        """Flags of the schema; what the schema does not know replaces."""
        return compare(call.old_inputs, call.inputs, replacing=self._facts(call).replaces, ignored=call.ignored)

    def create(self, call: Call) -> tuple[str, Properties]:
        """Makes the object in the emulated cloud."""
        kind = _kind(call)
        if call.preview:
            return "", {**call.inputs, **dict.fromkeys(_COMPUTED.get(kind, ()), UNKNOWN)}
        with self.cloud.store.lock:
            if kind in _NAMED:
                self.cloud.unique_name(kind, call.inputs["name"])
            record = self._make(kind, call.inputs)
            if kind == "networkSubnet":  # the API names a subnet by its network and range
                resource_id = f"{record['networkId']}-{record['ipRange']}"
                self.cloud.store.put(kind, resource_id, record)
            else:
                resource_id = self.cloud.store.add(kind, record)
            record = self._finish(kind, resource_id, record)
        return resource_id, _outputs(record)

    def _make(self, kind: str, inputs: Properties) -> Record:
        """What the API computes before the object has an id."""
        if kind == "primaryIp":
            return self.cloud.create_address({**inputs, "serverId": None})
        if kind == "server":
            return self.cloud.create_server(dict(inputs))
        if kind == "volume":
            return {**inputs, "serverId": None}
        if kind == "serverNetwork":
            network = str(inputs.get("networkId") or str(inputs["subnetId"]).split("-", 1)[0])
            address = self.cloud.private_address(network, inputs.get("ip"))
            digest = hashlib.sha256(address.encode()).hexdigest()
            mac = "86:" + ":".join(digest[index : index + 2] for index in range(0, 10, 2))
            return {**inputs, "networkId": network, "ip": address, "macAddress": mac}
        record = dict(inputs)
        if kind == "networkSubnet":
            record["gateway"] = inputs["ipRange"].rsplit(".", 1)[0] + ".1"
        if kind == "sshKey":
            digest = hashlib.md5(inputs["publicKey"].encode(), usedforsecurity=False).hexdigest()
            record["fingerprint"] = ":".join(digest[index : index + 2] for index in range(0, 32, 2))
        return record

    def _finish(self, kind: str, resource_id: str, record: Record) -> Record:
        """What depends on the id, and what the new object does to others."""
        if kind == "server":
            self.cloud.claim_address(record["addressId"], resource_id)
        elif kind == "serverNetwork":
            self.cloud.join_network(str(record["serverId"]), record["ip"])
        elif kind == "volumeAttachment":
            self.cloud.attach_volume(str(record["volumeId"]), str(record["serverId"]))
        elif kind == "volume":
            record = {**record, "linuxDevice": f"/dev/disk/by-id/scsi-0HC_Volume_{resource_id}"}
            self.cloud.store.put(kind, resource_id, record)
        return record

    def read(self, call: Call) -> tuple[str, Properties, Properties]:
        """What the cloud has now; an empty id if it is gone."""
        record = self.cloud.store.get(_kind(call), call.id)
        if record is None:
            return "", {}, {}
        outputs = _outputs(record)
        inputs = {key: outputs.get(key, value) for key, value in call.old_inputs.items()}
        return call.id, outputs, inputs

    def update(self, call: Call) -> Properties:
        """In place: size, labels, protection, rules."""
        kind = _kind(call)
        computed = {key: call.olds[key] for key in _COMPUTED.get(kind, ()) if key in call.olds}
        if call.preview:
            return {**call.inputs, **computed}
        with self.cloud.store.lock:
            old = self.cloud.store.get(kind, call.id)
            if old is None:
                raise PluginError(f"{kind} {call.id} not found (not_found)")
            new = {**old, **call.inputs}
            if kind == "server" and old["serverType"] != new["serverType"]:
                new = self.cloud.resize_server(old, new)
            if kind == "volume" and new["size"] < old["size"]:
                raise PluginError(
                    f"volume {call.id} can't shrink from {old['size']} GB to {new['size']} GB (invalid_input)"
                )
            if kind in _NAMED:
                self.cloud.unique_name(kind, new["name"], call.id)
            self.cloud.store.put(kind, call.id, new)
        return _outputs(new)

    def delete(self, call: Call) -> None:
        """Deletes, unless the API would refuse."""
        kind = _kind(call)
        with self.cloud.store.lock:
            if kind == "volumeAttachment":
                self.cloud.attach_volume(str(call.olds["volumeId"]), None)
            if kind in _DELETERS:
                _DELETERS[kind](self.cloud, call.id)
            else:
                self.cloud.store.remove(kind, call.id)

    def invoke(self, function: str, arguments: Properties) -> dict[str, Any]:
        """Servers by label, as the look-up of an existing deployment asks."""
        if function != "hcloud:index/getServers:getServers":
            return super().invoke(function, arguments)
        selector = arguments.get("withSelector", "")
        key, _, value = selector.partition("=")
        found = [
            {**_outputs(record), "id": int(resource_id)}
            for resource_id, record in self.cloud.store.all("server").items()
            if not selector or record.get("labels", {}).get(key) == value
        ]
        return {"servers": found, "id": selector or "all"}

    def _facts(self, call: Call) -> TypeFacts:
        facts = self.facts.get(call.type)
        if facts is None:
            raise PluginError(f"the lab does not emulate {call.type}")
        return facts


def _kind(call: Call) -> str:
    return call.type.split("/", 1)[1].split(":", 1)[0]


def _outputs(record: Record) -> Properties:
    hidden = _INTERNAL if "linuxDevice" in record or "ipAddress" in record else ("addressId",)
    return {key: value for key, value in record.items() if key not in hidden}
