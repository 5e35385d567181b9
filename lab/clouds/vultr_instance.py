"""Vultr's instances and what is attached to them: reserved addresses and block storage."""

from __future__ import annotations

import secrets
from typing import Any

from infra.clouds.catalog.instance_type import InstanceType
from lab.clouds.cloud import UuidKind, free_host, now, size_of
from lab.clouds.store import Record
from lab.clouds.vultr_errors import refused
from lab.plugins.package import InitFailedError, PluginError

# What the API would fill in and the stack does not read.
_EMPTY: dict[str, Any] = {
    "allowedBandwidth": 0,
    "appId": 0,
    "defaultPassword": "",
    "features": [],
    "firewallGroupId": "",
    "gatewayV4": "",
    "imageId": "",
    "kvm": "",
    "netmaskV4": "",
    "os": "",
    "osId": 0,
    "reservedIpId": "",
    "scriptId": "",
    "snapshotId": "",
    "v6MainIp": "",
    "v6Network": "",
    "v6NetworkSize": 0,
}
_SMALLEST_GB = {"high_perf": 10, "storage_opt": 40}
_CREATING, _ATTACHING = "error creating server", "error attaching block storage"
_READ_LATER = ("cost", "dateCreated", "mountId", "status")  # outputs that a creation which failed does not have


class Instance(UuidKind):
    """Grows in place, disk and all; there is no way down."""

    computed = (
        *_EMPTY,
        "dateCreated",
        "disk",
        "hostname",
        "internalIp",
        "label",
        "mainIp",
        "powerStatus",
        "ram",
        "serverStatus",
        "status",
        "vcpuCount",
        "vpcIds",
    )

    def make(self, record: Record) -> Record:
        """Its main address is the reserved one that it names; labels need not be unique."""
        row = self._sold(record["plan"], record["region"])
        self._require_near("vpc", record.get("vpcIds", []), record["region"])
        for kind, ids in (("firewallGroup", [record.get("firewallGroupId")]), ("sSHKey", record.get("sshKeyIds", []))):
            for one in filter(None, ids):
                self.cloud.require(kind, one)
        label = record.get("label", "")
        states = {"powerStatus": "running", "serverStatus": "ok", "status": "active"}
        return {
            **_EMPTY,
            "hostname": label,
            "label": label,
            "vpcIds": [],
            **record,
            **states,
            **_size(row),
            "dateCreated": now(),
            "internalIp": self._internal(record.get("vpcIds", [])),
            "mainIp": self._main(record),
        }

    def made(self, resource_id: str, record: Record) -> Record:
        """Tells the machines."""
        self.cloud.patch("reservedIp", record["reservedIpId"], instanceId=resource_id)
        machines, main = self.cloud.machines, record["mainIp"]
        size = size_of(self._sold(record["plan"], record["region"]))
        machines.server_created(main, record["hostname"] or resource_id, size, record.get("userData", ""))
        self._join(record)
        return record

    def change(self, resource_id: str, old: Record, new: Record) -> Record:
        """Another plan must not be smaller in anything; networks are joined and left."""
        self._require_near("vpc", new["vpcIds"], old["region"])
        changed = dict(new)
        if old["plan"] != new["plan"]:
            row = self._sold(new["plan"], old["region"])
            if any(value < old[key] for key, value in _size(row).items()):
                # docs.vultr.com on resizing, 2026-05-26; the API's own words are not known.
                text = f"Downgrading is not supported: {new['plan']} is smaller than {old['plan']}"
                raise refused(f"error updating instance {resource_id} ", text)
            self.cloud.machines.server_resized(old["mainIp"], size_of(row))
            changed |= _size(row)
        if old["vpcIds"] != new["vpcIds"]:
            changed["internalIp"] = self._internal(new["vpcIds"])
            self._join(changed)
        return changed

    def remove(self, resource_id: str, record: Record) -> None:
        """Its reserved address and its block storage stay."""
        self.cloud.patch("reservedIp", record["reservedIpId"], instanceId="")
        for storage in self.cloud.users("blockStorage", "attachedToInstance", resource_id):
            self.cloud.patch("blockStorage", storage, attachedToInstance="")
        self.cloud.machines.server_deleted(record["mainIp"])

    def _join(self, record: Record) -> None:
        if record["internalIp"]:
            vpc = self.cloud.require("vpc", record["vpcIds"][0])
            subnet = f"{vpc['v4Subnet']}/{vpc['v4SubnetMask']}"
            self.cloud.machines.network_joined(record["mainIp"], record["internalIp"], subnet)

    def _main(self, record: Record) -> str:
        reserved_id = record.get("reservedIpId")
        if not reserved_id:
            return self.cloud.new_address()
        self._require_near("reservedIp", [reserved_id], record["region"])
        reserved = self.cloud.require("reservedIp", reserved_id)
        if reserved["instanceId"]:
            raise refused(_CREATING, "Floating IPv4 address is already attached to another server")
        return str(reserved["subnet"])

    def _internal(self, vpc_ids: list[str]) -> str:
        """An address of the first network."""
        if not vpc_ids:
            return ""
        vpc = self.cloud.require("vpc", vpc_ids[0])
        taken = {one["internalIp"] for one in self.cloud.users("instance", "vpcIds", vpc_ids[0]).values()}
        return free_host(f"{vpc['v4Subnet']}/{vpc['v4SubnetMask']}", taken)

    def _require_near(self, kind: str, ids: list[str], region: str) -> None:
        for one in ids:
            if self.cloud.require(kind, one)["region"] != region:
                raise refused(_CREATING, f"the {kind} {one} is in another region")

    def _sold(self, name: str, region: str) -> InstanceType:
        row = self.cloud.on_sale(name, region)
        if row is None:
            raise refused(_CREATING, f"Invalid plan: {name} in {region}")
        return row


class ReservedIp(UuidKind):
    """An address of a region; an instance takes it at its creation."""

    computed = ("instanceId", "subnet", "subnetSize")

    def make(self, record: Record) -> Record:
        """Picks the address."""
        return {**record, "instanceId": "", "subnet": self.cloud.new_address(), "subnetSize": 32}

    def remove(self, _resource_id: str, record: Record) -> None:
        """An attached one is detached first, which a running instance does not allow (terraform-provider-vultr#348)."""
        if record["instanceId"]:
            text = "Unable to detach subnet, please restart your server from the control panel"
            raise refused("error destroying Reserved IP", text)


class BlockStorage(UuidKind):
    """Grows; belongs to one instance at a time.  It may be deleted while it is attached."""

    computed = ("blockType", "cost", "dateCreated", "mountId", "status")

    def make(self, record: Record) -> Record:
        """Attached at once if it names an instance."""
        block_type = record.get("blockType", "high_perf")
        smallest = _SMALLEST_GB.get(block_type)
        if smallest is None or record["sizeGb"] < smallest:
            text = f"{block_type} of {record['sizeGb']} GB: there are {_SMALLEST_GB}, smallest size in GB"
            raise refused("error creating block storage", text)
        self._attachable(record)
        mount = f"{record['region']}-{secrets.token_hex(7)}"
        fixed = {"blockType": block_type, "cost": 0, "mountId": mount, "status": "active"}
        return {**record, **fixed, "dateCreated": now()}

    def made(self, resource_id: str, record: Record) -> Record:
        """Tells the machines; a locked instance leaves it unattached, and the provider saves what was asked for."""
        if self._is_locked(record):
            self.cloud.store.put(self.name, resource_id, {**record, "attachedToInstance": ""})
            asked = {key: value for key, value in record.items() if key not in _READ_LATER}
            raise InitFailedError(resource_id, asked, [str(_locked(resource_id))])
        self._attach(resource_id, record)
        return record

    def _is_locked(self, record: Record) -> bool:
        """A new instance is locked until it is up (terraform-provider-vultr#482); so is one that boots again."""
        instance = self.cloud.store.get("instance", record.get("attachedToInstance") or "")
        return instance is not None and not self.cloud.machines.answers(instance["mainIp"])

    def remove(self, resource_id: str, _record: Record) -> None:
        """With all that was on it."""
        self.cloud.machines.volume_detached(resource_id)
        self.cloud.machines.volume_deleted(resource_id)

    def change(self, resource_id: str, old: Record, new: Record) -> Record:
        """Label and size; an attachment can't change by itself."""
        if new["sizeGb"] < old["sizeGb"]:
            raise refused("error getting block storage", f"block storage {resource_id} can't shrink")
        if (old.get("label"), old["sizeGb"]) == (new.get("label"), new["sizeGb"]):
            # The provider of this version sends an update without a field, and the API refuses it
            # (terraform-provider-vultr#660, dirien/pulumi-vultr#650).
            raise refused("error getting block storage", "Nothing to change")
        if old.get("attachedToInstance") != new.get("attachedToInstance"):
            self._attachable(new)
            if self._is_locked(new):
                # Label and size were sent before, and stay.
                kept = {"attachedToInstance": old.get("attachedToInstance", "")}
                self.cloud.store.put(self.name, resource_id, {**new, **kept})
                raise _locked(resource_id)
            self.cloud.machines.volume_detached(resource_id)
            self._attach(resource_id, new)
        self.cloud.machines.volume_grown(resource_id, new["sizeGb"])
        return new

    def _attach(self, resource_id: str, record: Record) -> None:
        if record.get("attachedToInstance"):
            address = self.cloud.require("instance", record["attachedToInstance"])["mainIp"]
            device = f"/dev/disk/by-id/virtio-{record['mountId']}"
            self.cloud.machines.volume_attached(address, resource_id, record["sizeGb"], device)

    def _attachable(self, record: Record) -> None:
        instance_id = record.get("attachedToInstance")
        if instance_id and self.cloud.require("instance", instance_id)["region"] != record["region"]:
            raise self._refuse(f"the instance {instance_id} is in another region")

    def _refuse(self, text: str) -> PluginError:
        return refused(_ATTACHING, text)


def _size(row: InstanceType) -> dict[str, int]:
    return {"vcpuCount": row.vcpu, "ram": row.memory.whole_mib, "disk": row.disk_gb}


def _locked(resource_id: str) -> PluginError:
    """The words of the issue's title: the API's own are not known."""
    return refused(f"{_ATTACHING} ({resource_id})", "Instance is locked")
