"""The rules of Vultr's API, as far as the stack touches them."""

from __future__ import annotations

import ipaddress

from lab.clouds.cloud import Cloud, Kind, UuidKind, now
from lab.clouds.store import Record
from lab.clouds.vultr_errors import refused
from lab.clouds.vultr_instance import BlockStorage, Instance, ReservedIp
from lab.plugins.package import PluginError

_OWN_RANGES = ipaddress.IPv4Network("10.100.0.0/14")  # where a VPC without a range gets its /20
_PROTOCOLS = ("icmp", "tcp", "udp", "gre", "ah", "esp")
_MAX_RULES = 50


class Vpc(UuidKind):
    """A private network of one region; its description need not be unique."""

    computed = ("dateCreated", "v4Subnet", "v4SubnetMask")

    def make(self, record: Record) -> Record:
        """The range that is asked for, or one of the API's own."""
        subnet, mask = record.get("v4Subnet"), record.get("v4SubnetMask")
        if bool(subnet) != bool(mask):
            raise refused("error creating VPC", "v4_subnet and v4_subnet_mask go together")
        if not subnet:
            count = len(self.cloud.store.all("vpc"))
            net = list(_OWN_RANGES.subnets(new_prefix=20))[count]
            subnet, mask = str(net.network_address), net.prefixlen
        try:
            ipaddress.ip_network(f"{subnet}/{mask}")
        except ValueError as error:
            raise refused("error creating VPC", str(error)) from None
        return {**record, "dateCreated": now(), "v4Subnet": subnet, "v4SubnetMask": mask}

    def remove(self, resource_id: str, _record: Record) -> None:
        """Refused while an instance is in it; the words are those of terraform-provider-vultr#355."""
        members = self.cloud.users("instance", "vpcIds", resource_id).values()
        if members:
            text = f"VPC is attached to {', '.join(one['mainIp'] for one in members)}"
            raise refused(f"error destroying VPC ({resource_id}): cannot remove attached VPC", text)


class FirewallGroup(UuidKind):
    """Rules for the instances that name it; what no rule allows is dropped."""

    computed = ("dateCreated", "dateModified", "instanceCount", "maxRuleCount", "ruleCount")

    def make(self, record: Record) -> Record:
        """Empty."""
        counts = {"instanceCount": 0, "maxRuleCount": _MAX_RULES, "ruleCount": 0}
        return {**record, **counts, "dateCreated": now(), "dateModified": now()}

    def remove(self, resource_id: str, _record: Record) -> None:
        """Its rules go with it; whether the API refuses it while it is used is not known."""
        for rule in self.cloud.users("firewallRule", "firewallGroupId", resource_id):
            self.cloud.store.remove("firewallRule", rule)
        for instance in self.cloud.users("instance", "firewallGroupId", resource_id):
            self.cloud.patch("instance", instance, firewallGroupId="")


class FirewallRule(Kind):
    """One rule; numbered, and never changed."""

    def make(self, record: Record) -> Record:
        """Refuses what the provider validates."""
        self.cloud.require("firewallGroup", record["firewallGroupId"])
        if record["protocol"] not in _PROTOCOLS or record["ipType"] not in ("v4", "v6"):
            raise refused("error creating firewall rule ", f"invalid rule: {record['protocol']} {record['ipType']}")
        try:
            net = ipaddress.ip_network(f"{record['subnet']}/{record['subnetSize']}")
        except ValueError as error:
            raise refused("error creating firewall rule ", str(error)) from None
        if f"v{net.version}" != record["ipType"]:
            raise refused("error creating firewall rule ", f"{net} is not {record['ipType']}")
        self._count(record, 1)
        return record

    def remove(self, _resource_id: str, record: Record) -> None:
        """One less."""
        self._count(record, -1)

    def _count(self, record: Record, more: int) -> None:
        group = self.cloud.store.get("firewallGroup", record["firewallGroupId"]) or {"ruleCount": 0}
        count = group["ruleCount"] + more
        if count > _MAX_RULES:
            raise refused("error creating firewall rule ", f"a group has at most {_MAX_RULES} rules")
        self.cloud.patch("firewallGroup", record["firewallGroupId"], ruleCount=count)


class SshKey(UuidKind):
    """Nothing about it is unique."""

    computed = ("dateCreated",)

    def make(self, record: Record) -> Record:
        """Dated."""
        return {**record, "dateCreated": now()}


class VultrCloud(Cloud):
    """Instances, block storage, addresses and networks of one account; errors read like the provider's."""

    provider = "vultr"
    addressed = {"instance": "mainIp", "reservedIp": "subnet"}  # noqa: RUF012  a ClassVar of the base
    kinds = {  # noqa: RUF012  as above
        "blockStorage": BlockStorage,
        "firewallGroup": FirewallGroup,
        "firewallRule": FirewallRule,
        "instance": Instance,
        "reservedIp": ReservedIp,
        "sSHKey": SshKey,
        "vpc": Vpc,
    }

    def not_found(self, kind: str, resource_id: str) -> PluginError:
        """The API's words are not known for every kind; these are the ones for an instance."""
        return refused(f"error getting {kind} ({resource_id})", f"invalid {kind} ID")
