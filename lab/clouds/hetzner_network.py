"""Hetzner Cloud's private networks."""

from __future__ import annotations

import hashlib
import ipaddress

from lab.clouds.cloud import Kind, free_host
from lab.clouds.store import Record
from lab.plugins.package import PluginError

_MOST_SOURCES = 100  # networks of one rule of a firewall (docs.hetzner.cloud, `source_ips`)


class NetworkSubnet(Kind):
    """A range of a network; the API knows it by both."""

    computed = ("gateway",)

    def new_id(self, record: Record) -> str:
        """Network and range."""
        return f"{record['networkId']}-{record['ipRange']}"

    def make(self, record: Record) -> Record:
        """The gateway is the first host."""
        return {**record, "gateway": str(ipaddress.ip_network(record["ipRange"])[1])}


class ServerNetwork(Kind):
    """A server's private address."""

    computed = ("ip", "macAddress")

    def new_id(self, record: Record) -> str:
        """Server and network, as the provider writes it."""
        return f"{record['serverId']}-{record['networkId']}"

    def make(self, record: Record) -> Record:
        """An address of the subnet: the one asked for, or the first that is free."""
        self.cloud.require("server", record["serverId"])
        network = str(record.get("networkId") or str(record["subnetId"]).split("-", 1)[0])
        found = list(self.cloud.users("networkSubnet", "networkId", network).values())
        if not found:
            raise PluginError(f"network {network} has no subnet (no_subnet_available)")
        net = ipaddress.ip_network(found[0]["ipRange"])
        members = self.cloud.users("serverNetwork", "networkId", network).values()
        taken = {one["ip"] for one in members if self.holds(one)}
        wanted = record.get("ip") or free_host(str(net), taken)
        if ipaddress.ip_address(wanted) not in net or wanted in taken:
            raise PluginError(f"IP {wanted} is not available in {net} (ip_not_available)")
        digest = hashlib.sha256(wanted.encode()).hexdigest()
        mac = "86:" + ":".join(digest[index : index + 2] for index in range(0, 10, 2))
        return {**record, "networkId": network, "ip": wanted, "macAddress": mac}

    def made(self, _resource_id: str, record: Record) -> Record:
        """Tells the machines."""
        server = self.cloud.require("server", record["serverId"])
        subnets = self.cloud.users("networkSubnet", "networkId", record["networkId"]).values()
        subnet = next(iter(subnets))["ipRange"]
        self.cloud.machines.network_joined(server["ipv4Address"], record["ip"], subnet)
        return record

    def holds(self, record: Record) -> bool:
        """While the server is there."""
        return self.cloud.store.get("server", str(record["serverId"])) is not None


def counted(firewall: Record) -> Record:
    """The record; PluginError where a rule has more than the 100 networks that the API takes."""
    counts = [len(rule.get("sourceIps") or []) for rule in firewall.get("rules", [])]
    if long := [f"rules[{index}].source_ips" for index, count in enumerate(counts) if count > _MOST_SOURCES]:
        raise PluginError(f"invalid input in fields {long} (invalid_input): [value required to be smaller]")
    return firewall
