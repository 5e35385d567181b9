"""The rules of Hetzner Cloud's API, as far as the stack touches them."""

from __future__ import annotations

from typing import Any

from infra.clouds.catalog.instance_type import InstanceType
from lab.clouds.cloud import Cloud, Kind, fingerprint, size_of
from lab.clouds.hetzner_network import NetworkSubnet, ServerNetwork, counted
from lab.clouds.store import Record
from lab.plugins.package import PluginError


class Named(Kind):
    """An object whose name no other of its kind may have, and that may be protected."""

    def make(self, record: Record) -> Record:
        """Refuses a name that is taken."""
        self._unique(record["name"])
        return record

    def change(self, resource_id: str, _old: Record, new: Record) -> Record:
        """As at creation."""
        self._unique(new["name"], resource_id)
        return new

    def remove(self, resource_id: str, record: Record) -> None:
        """Refused while it is protected, or belongs to a server."""
        if record.get("deleteProtection"):
            raise PluginError(f"{self.name} {resource_id} is protected against deletion (protected)")
        if record.get("serverId"):
            raise PluginError(
                f"{self.name} {resource_id} is still attached to server {record['serverId']} (must_be_unassigned)"
            )

    def _unique(self, name: str, own_id: str = "") -> None:
        if any(record.get("name") == name for one, record in self._others(own_id)):
            raise PluginError(f"{self.name} name is already used (uniqueness_error): {name}")

    def _others(self, own_id: str) -> list[tuple[str, Record]]:
        return [(one, record) for one, record in self.cloud.store.all(self.name).items() if one != own_id]


class PrimaryIp(Named):
    """A public address, free until a server takes it."""

    computed = ("ipAddress", "assigneeId", "assigneeType")
    hidden = ("serverId",)

    def make(self, record: Record) -> Record:
        """Picks the address."""
        return {**super().make(record), "ipAddress": self.cloud.new_address(), "serverId": None}

    def shown(self, record: Record) -> Record:
        """Whose it is now: since 2026-08-01 the API calls a free one `unassigned` (docs.hetzner.cloud/changelog)."""
        server = record.get("serverId")
        assignee = {"assigneeId": int(server or 0), "assigneeType": "server" if server else "unassigned"}
        return {**super().shown(record), **assignee}


class Server(Named):
    """Resized in place; the disk only ever grows."""

    computed = ("ipv4Address", "ipv6Address", "status", "primaryDiskSize")
    hidden = ("addressId",)

    def make(self, record: Record) -> Record:
        """Takes the address that it names, or a new one."""
        super().make(record)
        row = self._sold(record["serverType"], record["location"])
        for firewall in record.get("firewallIds", []):
            self.cloud.require("firewall", firewall)
        address_id = self._address_id(record)
        address = self.cloud.require("primaryIp", address_id)
        if address["serverId"]:
            raise PluginError(f"primary IP {address_id} is already assigned (invalid_input)")
        found = {"ipv4Address": address["ipAddress"], "primaryDiskSize": row.disk_gb, "status": "running"}
        return {**record, **found, "addressId": address_id}

    def _address_id(self, record: Record) -> str:
        nets = record.get("publicNets") or [{}]
        if not nets[0].get("ipv4Enabled", True):
            raise PluginError("the lab plays no server without a public IPv4 address")
        if nets[0].get("ipv4"):
            return str(nets[0]["ipv4"])
        made = {"name": f"primary_ip-{record['name']}", "type": "ipv4", "autoDelete": True}
        return self.cloud.create("primaryIp", {**made, "location": record["location"]})[0]

    def made(self, resource_id: str, record: Record) -> Record:
        """Tells the machines."""
        self.cloud.patch("primaryIp", record["addressId"], serverId=resource_id)
        row = self._sold(record["serverType"], record["location"])
        address, name = record["ipv4Address"], record["name"]
        self.cloud.machines.server_created(address, name, size_of(row), record.get("userData", ""))
        return record

    def change(self, resource_id: str, old: Record, new: Record) -> Record:
        """Another type: power off, change, power on."""
        super().change(resource_id, old, new)
        if old["serverType"] == new["serverType"]:
            return new
        row = self._sold(new["serverType"], old["location"])
        disk = old["primaryDiskSize"]
        if row.disk_gb < disk:
            raise PluginError(
                f"server disk of {disk} GB does not fit into {row.name}'s {row.disk_gb} GB (invalid_input)"
            )
        kept = disk if new.get("keepDisk") else row.disk_gb
        self.cloud.machines.server_resized(old["ipv4Address"], size_of(row, disk_gb=kept))
        return {**new, "primaryDiskSize": kept}

    def remove(self, resource_id: str, record: Record) -> None:
        """Frees its address, detaches its volumes."""
        super().remove(resource_id, record)
        self.cloud.machines.server_deleted(record["ipv4Address"])
        self.cloud.patch("primaryIp", record["addressId"], serverId=None)
        address = self.cloud.store.get("primaryIp", record["addressId"])
        if address and address.get("autoDelete"):
            self.cloud.store.remove("primaryIp", record["addressId"])
        for volume_id in self.cloud.users("volume", "serverId", resource_id):
            self.cloud.patch("volume", volume_id, serverId=None)
        for membership in self.cloud.users("serverNetwork", "serverId", resource_id):
            self.cloud.store.remove("serverNetwork", membership)

    def _sold(self, name: str, location: str) -> InstanceType:
        row = self.cloud.catalogued(name)
        if row is None:
            raise PluginError(f"server type {name} not found (not_found)")
        if self.cloud.on_sale(name, location) is None:
            raise PluginError(f"server type {name} is not available in {location} (resource_unavailable)")
        return row


class Volume(Named):
    """Grows, never shrinks; belongs to one server at a time."""

    computed = ("linuxDevice",)
    hidden = ("serverId",)

    def make(self, record: Record) -> Record:
        """Attached by an attachment of its own."""
        return {**super().make(record), "serverId": None}

    def made(self, resource_id: str, record: Record) -> Record:
        """The device is named by the id."""
        return {**record, "linuxDevice": f"/dev/disk/by-id/scsi-0HC_Volume_{resource_id}"}

    def change(self, resource_id: str, old: Record, new: Record) -> Record:
        """Refuses to shrink."""
        if new["size"] < old["size"]:
            raise PluginError(
                f"volume {resource_id} can't shrink from {old['size']} GB to {new['size']} GB (invalid_input)"
            )
        changed = super().change(resource_id, old, new)
        self.cloud.machines.volume_grown(resource_id, new["size"])
        return changed

    def remove(self, resource_id: str, record: Record) -> None:
        """With all that was on it."""
        super().remove(resource_id, record)
        self.cloud.machines.volume_deleted(resource_id)


class VolumeAttachment(Kind):
    """A volume in a server of the same location."""

    def make(self, record: Record) -> Record:
        """Refuses a second server."""
        volume = self.cloud.require("volume", record["volumeId"])
        server = self.cloud.require("server", record["serverId"])
        if volume["serverId"]:
            raise PluginError(f"volume {record['volumeId']} is already attached (volume_already_attached)")
        if volume["location"] != server["location"]:
            raise PluginError(f"volume {record['volumeId']} is in another location than the server (invalid_input)")
        self.cloud.patch("volume", record["volumeId"], serverId=str(record["serverId"]))
        address, device = server["ipv4Address"], volume["linuxDevice"]
        self.cloud.machines.volume_attached(address, str(record["volumeId"]), volume["size"], device)
        return record

    def holds(self, record: Record) -> bool:
        """While the volume says so."""
        volume = self.cloud.store.get("volume", str(record["volumeId"])) or {}
        return bool(volume.get("serverId") == str(record["serverId"]))

    def remove(self, _resource_id: str, record: Record) -> None:
        """Detaches."""
        if self.holds(record):
            self.cloud.machines.volume_detached(str(record["volumeId"]))
            self.cloud.patch("volume", record["volumeId"], serverId=None)


class Firewall(Named):
    """Rules for the servers that name it."""

    def make(self, record: Record) -> Record:
        """Refuses too many networks in one rule."""
        return super().make(counted(record))

    def change(self, resource_id: str, old: Record, new: Record) -> Record:
        """As at creation."""
        return super().change(resource_id, old, counted(new))

    def remove(self, resource_id: str, record: Record) -> None:
        """Refused while a server uses it."""
        super().remove(resource_id, record)
        if self.cloud.users("server", "firewallIds", resource_id):
            raise PluginError(f"firewall with ID {resource_id} is still in use (resource_in_use)")


class SshKey(Named):
    """Neither name nor key twice."""

    computed = ("fingerprint",)

    def make(self, record: Record) -> Record:
        """Refuses a key that is there."""
        found = fingerprint(record["publicKey"])
        if self.cloud.users(self.name, "fingerprint", found):
            raise PluginError("SSH key not unique (uniqueness_error)")
        return {**super().make(record), "fingerprint": found}


class HetznerCloud(Cloud):
    """Servers, volumes, addresses and networks of one project; errors read like the API's."""

    provider = "hetzner"
    addressed = {"primaryIp": "ipAddress"}  # noqa: RUF012  a ClassVar of the base
    kinds = {  # noqa: RUF012  as above
        "firewall": Firewall,
        "firewallAttachment": Kind,
        "network": Named,
        "networkSubnet": NetworkSubnet,
        "primaryIp": PrimaryIp,
        "server": Server,
        "serverNetwork": ServerNetwork,
        "sshKey": SshKey,
        "volume": Volume,
        "volumeAttachment": VolumeAttachment,
    }

    def not_found(self, kind: str, resource_id: Any) -> PluginError:  # noqa: ANN401  ids are numbers or strings
        """The API's words."""
        return PluginError(f"{kind} {resource_id} not found (not_found)")
