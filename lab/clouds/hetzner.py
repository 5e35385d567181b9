"""The rules of Hetzner Cloud's API, as far as the stack touches them."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from infra.catalog import INSTANCE_TYPES
from infra.catalog.instance_type import InstanceType
from lab.clouds import addresses
from lab.clouds.store import Record, Store
from lab.machines import Machines
from lab.plugins.package import PluginError

_TYPES: dict[str, InstanceType] = {row.name: row for row in INSTANCE_TYPES["hetzner"]}
_FIRST_PRIVATE_HOST = 2  # .1 is the subnet's gateway


class HetznerCloud:
    """Servers, volumes, addresses and networks of one project; errors read like the API's."""

    def __init__(self, root: Path, machines: Machines) -> None:
        self.root = root
        self.store = Store(root / "hetzner.json")
        self.machines = machines

    def unique_name(self, kind: str, name: str, own_id: str = "") -> None:
        """Raises if another object of that kind has the name."""
        for other_id, record in self.store.all(kind).items():
            if record.get("name") == name and other_id != own_id:
                raise PluginError(f"{kind} name is already used (uniqueness_error): {name}")

    def instance_type(self, name: str, location: str) -> InstanceType:
        """The catalog's row; raises for a type that is unknown or not sold there."""
        row = _TYPES.get(name)
        if row is None:
            raise PluginError(f"server type {name} not found (not_found)")
        if location not in row.regions:
            raise PluginError(f"server type {name} is not available in {location} (resource_unavailable)")
        return row

    def create_address(self, record: Record) -> Record:
        """A primary address, free until a server takes it."""
        taken = {one["ipAddress"] for one in self.store.all("primaryIp").values()}
        return {**record, "ipAddress": addresses.free(self.root, taken)}

    def create_server(self, record: Record) -> Record:
        """Assigns addresses and tells the machines."""
        row = self.instance_type(record["serverType"], record["location"])
        address_id = self._public_address_id(record)
        address = self.store.get("primaryIp", address_id)
        if address is None:
            raise PluginError(f"primary IP {address_id} not found (not_found)")
        if address.get("serverId"):
            raise PluginError(f"primary IP {address_id} is already assigned (invalid_input)")
        public = str(address["ipAddress"])
        made = {**record, "ipv4Address": public, "primaryDiskSize": row.disk_gb, "status": "running"}
        self.machines.server_created(public, record["name"], row.vcpu, row.memory.whole_mib)
        return {**made, "addressId": address_id}

    def _public_address_id(self, record: Record) -> str:
        nets = record.get("publicNets") or [{}]
        return str(nets[0].get("ipv4", ""))

    def claim_address(self, address_id: str, server_id: str | None) -> None:
        """Assigns a primary address to a server, or frees it."""
        address = self.store.get("primaryIp", address_id)
        if address is not None:
            self.store.put("primaryIp", address_id, {**address, "serverId": server_id})

    def resize_server(self, old: Record, new: Record) -> Record:
        """Power off, change type, power on; the disk only ever grows."""
        row = self.instance_type(new["serverType"], old["location"])
        disk = old["primaryDiskSize"]
        if row.disk_gb < disk:
            raise PluginError(
                f"server disk of {disk} GB does not fit into {row.name}'s {row.disk_gb} GB (invalid_input)"
            )
        grown = disk if new.get("keepDisk") else row.disk_gb
        self.machines.server_resized(old["ipv4Address"], row.vcpu, row.memory.whole_mib)
        return {**new, "primaryDiskSize": grown}

    def delete_server(self, server_id: str) -> None:
        """Frees its address, detaches its volumes, deletes it."""
        record = self.store.get("server", server_id)
        if record is None:
            return
        if record.get("deleteProtection"):
            raise PluginError(f"server {server_id} is protected against deletion (protected)")
        self.machines.server_deleted(record["ipv4Address"])
        self.claim_address(record["addressId"], None)
        for volume_id, volume in self.store.all("volume").items():
            if volume.get("serverId") == server_id:
                self.store.put("volume", volume_id, {**volume, "serverId": None})
        self.store.remove("server", server_id)

    def delete_volume(self, volume_id: str) -> None:
        """Refused while it is attached or protected."""
        self._deletable("volume", volume_id)
        self.store.remove("volume", volume_id)

    def delete_address(self, address_id: str) -> None:
        """Refused while it is assigned or protected."""
        self._deletable("primaryIp", address_id)
        self.store.remove("primaryIp", address_id)

    def _deletable(self, kind: str, resource_id: str) -> None:
        record = self.store.get(kind, resource_id) or {}
        if record.get("deleteProtection"):
            raise PluginError(f"{kind} {resource_id} is protected against deletion (protected)")
        if record.get("serverId"):
            raise PluginError(
                f"{kind} {resource_id} is still attached to server {record['serverId']} (must_be_unassigned)"
            )

    def attach_volume(self, volume_id: str, server_id: str | None) -> None:
        """Attaches a volume to one server, or detaches it."""
        volume = self.store.get("volume", volume_id)
        if volume is None:
            if server_id is None:
                return
            raise PluginError(f"volume {volume_id} not found (not_found)")
        if server_id and volume.get("serverId"):
            raise PluginError(f"volume {volume_id} is already attached (volume_already_attached)")
        self.store.put("volume", volume_id, {**volume, "serverId": server_id})

    def join_network(self, server_id: str, private_ip: str) -> None:
        """Tells the machines the server's private address."""
        server = self.store.get("server", server_id)
        if server is None:
            raise PluginError(f"server {server_id} not found (not_found)")
        self.machines.network_joined(server["ipv4Address"], private_ip)

    def private_address(self, network_id: str, wanted: str | None) -> str:
        """An address of the network's first subnet; raises if the wanted one is taken or outside."""
        subnets = [one for one in self.store.all("networkSubnet").values() if str(one["networkId"]) == network_id]
        if not subnets:
            raise PluginError(f"network {network_id} has no subnet (no_subnet_available)")
        net = ipaddress.ip_network(subnets[0]["ipRange"])
        taken = {one["ip"] for one in self.store.all("serverNetwork").values() if str(one["networkId"]) == network_id}
        if wanted:
            if ipaddress.ip_address(wanted) not in net or wanted in taken:
                raise PluginError(f"IP {wanted} is not available in {net} (ip_not_available)")
            return wanted
        hosts = (str(net[number]) for number in range(_FIRST_PRIVATE_HOST, net.num_addresses - 1))
        return next(host for host in hosts if host not in taken)
