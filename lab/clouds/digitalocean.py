"""The rules of DigitalOcean's API, as far as the stack touches them."""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Iterable

from lab.clouds.cloud import Cloud, Kind, UuidKind, fingerprint, now
from lab.clouds.digitalocean_droplet import Droplet, ReservedIp, ReservedIpAssignment
from lab.clouds.digitalocean_errors import missing, refused
from lab.clouds.store import Record
from lab.plugins.package import PluginError

_VPC_NAME = re.compile(r"[A-Za-z0-9.-]+")
_FIREWALL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")  # digitalocean/api-v2#188: neither spaces nor underscores
_VOLUME_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
_MOST_ADDRESSES = 1000  # of one rule (docs.digitalocean.com, "Firewalls Limits")
_LARGEST_VPC, _SMALLEST_VPC = 16, 28  # prefix lengths
_OWN_RANGES = ipaddress.IPv4Network("10.100.0.0/14")  # where a VPC without a range gets its /20


class Vpc(UuidKind):
    """A private network of one region; ranges of one account do not overlap."""

    computed = ("createdAt", "default", "ipRange", "vpcUrn")

    def make(self, record: Record) -> Record:
        """Refuses a taken name and a taken range."""
        self._valid_name(record["name"])
        others = self.cloud.store.all("vpc").values()
        wanted = ipaddress.IPv4Network(record.get("ipRange") or self._free_range())
        if not _LARGEST_VPC <= wanted.prefixlen <= _SMALLEST_VPC:
            raise refused("Error creating VPC", "POST vpcs", 422, "the range must be between /16 and /28")
        for other in others:
            if wanted.overlaps(ipaddress.IPv4Network(other["ipRange"])):
                text = f"This range/size overlaps with another VPC network in your account: {other['name']}"
                raise refused("Error creating VPC", "POST vpcs", 422, f"{text} {other['ipRange']}")
        return {**record, "createdAt": now(), "default": False, "ipRange": str(wanted)}

    def made(self, resource_id: str, record: Record) -> Record:
        """The URN has the id."""
        return {**record, "vpcUrn": f"do:vpc:{resource_id}"}

    def change(self, resource_id: str, _old: Record, new: Record) -> Record:
        """Name and description."""
        self._valid_name(new["name"], resource_id)
        return new

    def remove(self, resource_id: str, _record: Record) -> None:
        """Refused while a droplet is in it."""
        if self.cloud.users("droplet", "vpcUuid", resource_id):
            raise refused("Error deleting VPC", f"DELETE vpcs/{resource_id}", 409, "Can not delete VPC with members")

    def _valid_name(self, name: str, own_id: str = "") -> None:
        taken = self.cloud.users("vpc", "name", name).keys() - {own_id}
        if taken or not _VPC_NAME.fullmatch(name):
            text = f"the name {name} must be unique, of letters, digits, dashes and periods"
            raise refused("Error creating VPC", "POST vpcs", 422, text)

    def _free_range(self) -> str:
        held = [ipaddress.IPv4Network(one["ipRange"]) for one in self.cloud.store.all("vpc").values()]
        return next(str(one) for one in _OWN_RANGES.subnets(new_prefix=20) if not any(map(one.overlaps, held)))


class Volume(UuidKind):
    """Block storage; its name is its device's, and unique in the region."""

    computed = ("dropletIds", "filesystemLabel", "filesystemType", "volumeUrn")

    def make(self, record: Record) -> Record:
        """Refuses a taken name."""
        same = self.cloud.users("volume", "name", record["name"]).values()
        if any(one["region"] == record["region"] for one in same):
            text = f"the name {record['name']} is in use in {record['region']}"
            raise refused("Error creating Volume", "POST volumes", 409, text)
        if not _VOLUME_NAME.fullmatch(record["name"]):
            text = "a name is of lower-case letters, digits and dashes, and begins with a letter"
            raise refused("Error creating Volume", "POST volumes", 422, text)
        return {**record, "dropletIds": [], "filesystemLabel": "", "filesystemType": ""}

    def made(self, resource_id: str, record: Record) -> Record:
        """The URN has the id."""
        return {**record, "volumeUrn": f"do:volume:{resource_id}"}

    def change(self, resource_id: str, old: Record, new: Record) -> Record:
        """Grows."""
        if new["size"] < old["size"]:
            action = f"Error resizing volume ({resource_id})"
            raise refused(action, f"POST volumes/{resource_id}/actions", 422, "volumes can only be expanded")
        self.cloud.machines.volume_grown(resource_id, new["size"])
        return new

    def remove(self, resource_id: str, record: Record) -> None:
        """Refused while it is attached."""
        if record["dropletIds"]:
            text = "attached volume cannot be deleted"
            raise refused("Error deleting volume", f"DELETE volumes/{resource_id}", 409, text)
        self.cloud.machines.volume_deleted(resource_id)


class VolumeAttachment(Kind):
    """A volume in a droplet of the same region."""

    def new_id(self, record: Record) -> str:
        """As the provider makes it."""
        return f"{record['dropletId']}-{record['volumeId']}-{secrets.token_hex(13)}"

    def make(self, record: Record) -> Record:
        """Refuses a second droplet."""
        volume = self.cloud.require("volume", record["volumeId"])
        droplet = self.cloud.require("droplet", record["dropletId"])
        reason = "the volume is attached to another droplet" if volume["dropletIds"] else ""
        if volume["region"] != droplet["region"]:
            reason = "the volume is in another region than the droplet"
        if reason:
            action = f"Error attaching volume ({record['volumeId']}) to Droplet ({record['dropletId']})"
            raise refused(action, f"POST volumes/{record['volumeId']}/actions", 422, reason)
        self.cloud.patch("volume", record["volumeId"], dropletIds=[record["dropletId"]])
        self.cloud.patch("droplet", record["dropletId"], volumeIds=[*droplet["volumeIds"], record["volumeId"]])
        device = f"/dev/disk/by-id/scsi-0DO_Volume_{volume['name']}"
        self.cloud.machines.volume_attached(droplet["machine"], record["volumeId"], volume["size"], device)
        return record

    def holds(self, record: Record) -> bool:
        """While the volume says so."""
        volume = self.cloud.store.get("volume", record["volumeId"]) or {}
        return record["dropletId"] in volume.get("dropletIds", [])

    def remove(self, _resource_id: str, record: Record) -> None:
        """Detaches."""
        if self.holds(record):
            self.cloud.machines.volume_detached(record["volumeId"])
            self.cloud.patch("volume", record["volumeId"], dropletIds=[])
            droplet = self.cloud.require("droplet", record["dropletId"])
            left = [one for one in droplet["volumeIds"] if one != record["volumeId"]]
            self.cloud.patch("droplet", record["dropletId"], volumeIds=left)


class Firewall(UuidKind):
    """Rules for the droplets that it names, or that carry its tags."""

    computed = ("createdAt", "pendingChanges", "status")

    def make(self, record: Record) -> Record:
        """Refuses a taken name."""
        return {**self._valid(record), "createdAt": now(), "pendingChanges": [], "status": "succeeded"}

    def change(self, resource_id: str, _old: Record, new: Record) -> Record:
        """As at creation."""
        return self._valid(new, resource_id)

    def _valid(self, record: Record, own_id: str = "") -> Record:
        request = f"PUT firewalls/{own_id}" if own_id else "POST firewalls"
        if self.cloud.users("firewall", "name", record["name"]).keys() - {own_id}:
            raise refused("Error creating firewall", request, 409, "duplicate name")
        for droplet in record.get("dropletIds", []):
            self.cloud.require("droplet", droplet)
        for reason in self._wrong(record):
            raise refused("Error creating firewall", request, 422, reason)
        return record

    def _wrong(self, record: Record) -> list[str]:
        """Reasons that the API refuses the rules for."""
        rules = [*record.get("inboundRules", []), *record.get("outboundRules", [])]
        reasons = [] if rules else ["must have at least one rule"]
        if not _FIREWALL_NAME.fullmatch(record["name"]):
            reasons.append("invalid name")
        counts = [len(rule.get(f"{end}Addresses") or []) for rule in rules for end in ("source", "destination")]
        if max(counts, default=0) > _MOST_ADDRESSES:
            reasons.append(f"a rule has more than {_MOST_ADDRESSES} addresses")
        for one in sorted(_values(rules, "Addresses")):
            try:
                ipaddress.ip_network(one)
            except ValueError:
                reasons.append(f"invalid address {one}")
        # Tags come to be with the droplets and volumes that carry them; a firewall makes none (poseidon/typhoon#709).
        named = {*record.get("tags", []), *_values(rules, "Tags")}
        tagged = [*self.cloud.store.all("droplet").values(), *self.cloud.store.all("volume").values()]
        return reasons + [f"tag {tag} does not exist" for tag in sorted(named - _values(tagged, "tags"))]


def _values(records: Iterable[Record], ending: str) -> set[str]:
    """What lists with such names hold."""
    return {one for record in records for key in record if key.endswith(ending) for one in record[key] or []}


class SshKey(Kind):
    """No key twice in an account."""

    computed = ("fingerprint",)

    def make(self, record: Record) -> Record:
        """Refuses a key that is there."""
        found = fingerprint(record["publicKey"])
        if self.cloud.users("sshKey", "fingerprint", found):
            text = "SSH Key is already in use on your account"
            raise refused("Error creating SSH Key", "POST account/keys", 422, text)
        return {**record, "fingerprint": found}


class DigitalOceanCloud(Cloud):
    """Droplets, volumes, addresses and networks of one account; errors read like the provider's."""

    provider = "digitalocean"
    addressed = {"droplet": "ipv4Address", "reservedIp": "ipAddress"}  # noqa: RUF012  a ClassVar of the base
    kinds = {  # noqa: RUF012  as above
        "droplet": Droplet,
        "firewall": Firewall,
        "reservedIp": ReservedIp,
        "reservedIpAssignment": ReservedIpAssignment,
        "sshKey": SshKey,
        "volume": Volume,
        "volumeAttachment": VolumeAttachment,
        "vpc": Vpc,
    }

    def not_found(self, kind: str, resource_id: str) -> PluginError:
        """The API's words."""
        return missing(kind, resource_id)
