"""DigitalOcean's droplets and the reserved addresses that are assigned to them."""

from __future__ import annotations

import re
import secrets
from typing import Any

from infra.clouds.catalog.instance_type import InstanceType
from lab.clouds.cloud import Cloud, Kind, free_host, now, size_of
from lab.clouds.digitalocean_errors import refused
from lab.clouds.store import Record
from lab.plugins.package import PluginError

_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_TAG = re.compile(r"[\w:-]{1,255}", re.ASCII)
_HOURS = 672  # an hour's price is a month's by this


class Droplet(Kind):
    """Resized in place; with `resizeDisk` its disk grows and never comes back."""

    computed = (
        "createdAt",
        "disk",
        "dropletUrn",
        "ipv4Address",
        "ipv4AddressPrivate",
        "ipv6Address",
        "locked",
        "memory",
        "priceHourly",
        "priceMonthly",
        "privateNetworking",
        "status",
        "vcpus",
        "volumeIds",
        "vpcUuid",
    )
    hidden = ("machine",)  # the address under which the machines know it: a reserved one, once it has that

    def make(self, record: Record) -> Record:
        """Addresses, public and private; names need not be unique."""
        self._valid(record)
        row = self._sold(record["size"], record["region"])
        vpc_id = record.get("vpcUuid") or self._default_vpc(record["region"])
        vpc = self.cloud.require("vpc", vpc_id)
        if vpc["region"] != record["region"]:
            raise self._refuse(f"the VPC {vpc_id} is in another region")
        taken = {one["ipv4AddressPrivate"] for one in self.cloud.users("droplet", "vpcUuid", vpc_id).values()}
        public = self.cloud.new_address()
        return {
            **record,
            **_size(row),
            "createdAt": now(),
            "disk": row.disk_gb,
            "ipv4Address": public,
            "ipv4AddressPrivate": free_host(vpc["ipRange"], taken),
            "ipv6Address": "",
            "locked": False,
            "machine": public,
            "privateNetworking": True,
            "status": "active",
            "volumeIds": [],
            "vpcUuid": vpc_id,
        }

    def made(self, resource_id: str, record: Record) -> Record:
        """Tells the machines."""
        machines, public = self.cloud.machines, record["ipv4Address"]
        size = size_of(self._sold(record["size"], record["region"]))
        machines.server_created(public, record["name"], size, record.get("userData", ""))
        subnet = self.cloud.require("vpc", record["vpcUuid"])["ipRange"]
        machines.network_joined(public, record["ipv4AddressPrivate"], subnet)
        return {**record, "dropletUrn": f"do:droplet:{resource_id}"}

    def change(self, resource_id: str, old: Record, new: Record) -> Record:
        """Another size: power off, resize, power on."""
        self._valid(new)
        if old["size"] == new["size"]:
            return new
        row = self._sold(new["size"], old["region"])
        if row.disk_gb < old["disk"]:
            action, request = f"Error resizing droplet ({resource_id})", f"POST droplets/{resource_id}/actions"
            raise refused(action, request, 422, "Size can not decrease size of Droplet's disk image")
        disk = row.disk_gb if new.get("resizeDisk", True) else old["disk"]
        self.cloud.machines.server_resized(old["machine"], size_of(row, disk_gb=disk))
        return {**new, **_size(row), "disk": disk}

    def remove(self, resource_id: str, record: Record) -> None:
        """Detaches its volumes; its reserved address is free again, firewalls forget it."""
        for address in self.cloud.users("reservedIp", "holder", resource_id):
            self.cloud.patch("reservedIp", address, holder=None)
        for volume in self.cloud.users("volume", "dropletIds", resource_id):
            self.cloud.patch("volume", volume, dropletIds=[])
        for firewall, rules in self.cloud.users("firewall", "dropletIds", resource_id).items():
            left = [one for one in rules["dropletIds"] if str(one) != resource_id]
            self.cloud.patch("firewall", firewall, dropletIds=left)
        self.cloud.machines.server_deleted(record["machine"])

    def _valid(self, record: Record) -> None:
        if not _HOST_NAME.fullmatch(record["name"]):
            raise self._refuse("Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)")
        for tag in record.get("tags", []):
            if not _TAG.fullmatch(tag):
                raise self._refuse(f"the tag {tag} has more than letters, digits, colons, dashes and underscores")

    def _sold(self, name: str, region: str) -> InstanceType:
        row = self.cloud.on_sale(name, region)
        if row is None:
            raise self._refuse(f"You specified an invalid size for Droplet creation. ({name} in {region})")
        return row

    def _default_vpc(self, region: str) -> str:
        """The region's own network, made when a droplet first needs it."""
        name = f"default-{region}"
        found = self.cloud.users("vpc", "name", name)
        vpc = next(iter(found), "") or self.cloud.create("vpc", {"name": name, "region": region})[0]
        self.cloud.patch("vpc", vpc, default=True)
        return vpc

    def _refuse(self, text: str) -> PluginError:
        return refused("Error creating droplet", "POST droplets", 422, text)


class ReservedIp(Kind):
    """An address of a region; the address is its id."""

    computed = ("ipAddress", "reservedIpUrn")
    hidden = ("holder",)  # the droplet that it is assigned to

    def new_id(self, record: Record) -> str:
        """The address."""
        return str(record["ipAddress"])

    def make(self, record: Record) -> Record:
        """Picks the address."""
        address = self.cloud.new_address()
        return {**record, "ipAddress": address, "reservedIpUrn": f"do:reservedip:{address}", "holder": None}

    def remove(self, resource_id: str, record: Record) -> None:
        """Refused while it is assigned."""
        if record["holder"]:
            # Seen of reserved IPv6 addresses (terraform-provider-digitalocean#1277).
            text = "assigned FLIP cannot be released"
            raise refused("Error deleting reserved IP", f"DELETE reserved_ips/{resource_id}", 400, text)


class ReservedIpAssignment(Kind):
    """From now on the droplet is reached under the reserved address."""

    def new_id(self, record: Record) -> str:
        """As the provider makes it."""
        return f"{record['dropletId']}-{record['ipAddress']}-{secrets.token_hex(13)}"

    def make(self, record: Record) -> Record:
        """Moves the address to this droplet."""
        address, droplet_id = record["ipAddress"], record["dropletId"]
        reserved = self.cloud.require("reservedIp", address)
        droplet = self.cloud.require("droplet", droplet_id)
        reason = ""
        if reserved["region"] != droplet["region"]:
            reason = "the address is in another region than the droplet"
        elif self.cloud.users("reservedIp", "holder", droplet_id):
            reason = "the droplet has a reserved IP already"
        if reason:
            action = f"Error Assigning reserved IP ({address}) to the droplet"
            raise refused(action, f"POST reserved_ips/{address}/actions", 422, reason)
        _unassign(self.cloud, address)
        self.cloud.machines.address_changed(droplet["ipv4Address"], address)
        self.cloud.patch("droplet", droplet_id, machine=address)
        self.cloud.patch("reservedIp", address, holder=str(droplet_id))
        return record

    def holds(self, record: Record) -> bool:
        """While the address says so."""
        reserved = self.cloud.store.get("reservedIp", record["ipAddress"]) or {}
        return bool(reserved.get("holder") == str(record["dropletId"]))

    def remove(self, _resource_id: str, record: Record) -> None:
        """The droplet keeps its own address."""
        if self.holds(record):
            _unassign(self.cloud, record["ipAddress"])


def _unassign(cloud: Cloud, address: str) -> None:
    holder = cloud.require("reservedIp", address)["holder"]
    droplet = cloud.store.get("droplet", str(holder))
    if droplet:
        cloud.machines.address_changed(address, droplet["ipv4Address"])
        cloud.patch("droplet", holder, machine=droplet["ipv4Address"])
    cloud.patch("reservedIp", address, holder=None)


def _size(row: InstanceType) -> dict[str, Any]:
    prices = {"priceMonthly": float(row.price), "priceHourly": round(float(row.price) / _HOURS, 5)}
    return {"vcpus": row.vcpu, "memory": row.memory.whole_mib, **prices}
