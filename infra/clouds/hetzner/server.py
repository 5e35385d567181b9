"""Build a server at Hetzner Cloud with its volume, address, network and firewall, and look up what exists."""

from __future__ import annotations

from datetime import UTC, datetime

import pulumi
import pulumi_hcloud as hcloud
from pulumi_hcloud.outputs import GetServerTypesServerTypeLocationResult

from infra.clouds.hetzner.facts import SUBNET
from infra.clouds.interface import (
    NETWORK,
    SERVER_PRIVATE_IP,
    TIMEOUTS,
    FoundServer,
    Offer,
    ServerArgs,
    opened_ports,
)
from infra.names import CELERY_ROLE, CLOUD_ROLE_LABEL, DEPLOYMENT_LABEL, cloud_labels

ZONES = {"fsn1": "eu-central", "nbg1": "eu-central", "hel1": "eu-central"}
IMAGE = "debian-12"


class HetznerServer(pulumi.ComponentResource):
    """A server is resized in place and keeps the size of its first disk, so that it can be resized back later."""

    server_id: pulumi.Output[str]
    public_ip: pulumi.Output[str]
    private_ip: pulumi.Output[str]
    volume_device: pulumi.Output[str]
    network_id: pulumi.Output[str]
    ssh_key_id: pulumi.Output[str]

    def __init__(self, name: str, args: ServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:server:HetznerServer", name, None, opts)
        labels = cloud_labels(args.deployment)
        kept = pulumi.ResourceOptions(parent=self, protect=True)
        # The server names its address, so assignee_type is left out: the provider warns if it has no id beside it.
        # Before terraform-provider-hcloud 1.65 the next change would have unassigned the address (its #1439); the
        # pinned SDK is newer.
        address = hcloud.PrimaryIp(
            f"{name}-address",
            name=args.deployment,
            type="ipv4",
            location=args.region,
            auto_delete=False,
            delete_protection=args.delete_protection,
            labels=labels,
            opts=kept,
        )
        subnet = self._network(name, args, labels)
        firewall = hcloud.Firewall(
            f"{name}-firewall",
            name=args.deployment,
            labels=labels,
            rules=_rules(args.admin_cidrs),
            opts=pulumi.ResourceOptions(parent=self),
        )
        key = hcloud.SshKey(
            f"{name}-deploy-key{args.ssh_key_suffix}",
            name=args.ssh_key_name,
            public_key=args.ssh_public_key,
            labels=labels,
            opts=pulumi.ResourceOptions(parent=self),
        )
        server = self._server(name, args, labels, (address, firewall, key))
        private = hcloud.ServerNetwork(
            f"{name}-private",
            server_id=server.id.apply(int),
            subnet_id=subnet.id,
            ip=SERVER_PRIVATE_IP,
            opts=kept,
        )
        volume, attachment = self._volume(name, args, labels, server)
        self.server_id = server.id
        self.public_ip = address.ip_address
        self.private_ip = private.ip
        self.volume_device = volume.linux_device
        self.network_id, self.ssh_key_id = subnet.id, key.id
        self.ready: list[pulumi.Resource] = [server, private, attachment]
        self.register_outputs({"public_ip": self.public_ip, "private_ip": self.private_ip})

    def _network(self, name: str, args: ServerArgs, labels: dict[str, str]) -> hcloud.NetworkSubnet:
        """Create the private network with the first server: adding one later would change the node's address."""
        network = hcloud.Network(
            f"{name}-network",
            name=args.deployment,
            ip_range=NETWORK,
            delete_protection=args.delete_protection,
            labels=labels,
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        return hcloud.NetworkSubnet(
            f"{name}-subnet",
            network_id=network.id.apply(int),
            type="cloud",
            ip_range=SUBNET,
            network_zone=ZONES[args.region],
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )

    def _server(
        self,
        name: str,
        args: ServerArgs,
        labels: dict[str, str],
        parts: tuple[hcloud.PrimaryIp, hcloud.Firewall, hcloud.SshKey],
    ) -> hcloud.Server:
        address, firewall, key = parts
        return hcloud.Server(
            f"{name}-server",
            name=args.deployment,
            server_type=args.instance_type,
            image=IMAGE,
            location=args.region,
            ssh_keys=[key.id],
            user_data=args.user_data,
            keep_disk=True,
            delete_protection=args.delete_protection,
            rebuild_protection=args.delete_protection,
            firewall_ids=[firewall.id.apply(int)],
            public_nets=[
                hcloud.ServerPublicNetArgs(ipv4_enabled=True, ipv4=address.id.apply(int), ipv6_enabled=True),
            ],
            labels=labels,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=True,
                # A change of any of these would replace the server, and none has an effect after the first boot.
                ignore_changes=["userData", "sshKeys", "image", "location"],
                custom_timeouts=TIMEOUTS,
            ),
        )

    def _volume(
        self, name: str, args: ServerArgs, labels: dict[str, str], server: hcloud.Server
    ) -> tuple[hcloud.Volume, hcloud.VolumeAttachment]:
        """Create the data volume, which outlives the server and grows in place."""
        volume = hcloud.Volume(
            f"{name}-data",
            name=args.deployment,
            location=args.region,
            size=args.volume_size_gib,
            delete_protection=args.delete_protection,
            labels=labels,
            opts=pulumi.ResourceOptions(parent=self, protect=True, ignore_changes=["format", "location"]),
        )
        attachment = hcloud.VolumeAttachment(
            f"{name}-data-attachment",
            volume_id=volume.id.apply(int),
            server_id=server.id.apply(int),
            automount=False,
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        return volume, attachment


def _rules(admin_cidrs: tuple[str, ...]) -> list[hcloud.FirewallRuleArgs]:
    """Return the rules of the server's firewall, which blocks every port that no rule opens."""
    return [
        hcloud.FirewallRuleArgs(direction="in", protocol="tcp", port=port, source_ips=list(sources))
        for port, sources in opened_ports(admin_cidrs)
    ]


def find_hetzner_servers(deployment: str, _celery: int = 0) -> list[FoundServer]:
    """Ask the API for the deployment's servers.

    Args:
        deployment: The deployment's name, which all its servers have as a label.
        _celery: Not used: the label finds Celery servers, too.
    """
    found = hcloud.get_servers(with_selector=f"{DEPLOYMENT_LABEL}={deployment}").servers
    return [
        FoundServer(
            id=str(one.id),
            name=one.name,
            instance_type=one.server_type,
            region=one.location,
            celery=one.labels.get(CLOUD_ROLE_LABEL) == CELERY_ROLE,
        )
        for one in found
    ]


def hetzner_offers(region: str, names: tuple[str, ...]) -> list[Offer]:
    """Ask the API whether the location sells these types; its function returns no prices.

    Args:
        region: The location's name.
        names: The server types' names.
    """
    # `available` is false while a location is sold out. Hetzner also retires types per location.
    types = {one.name: one for one in hcloud.get_server_types().server_types}
    places = {
        name: next((place for place in types[name].locations if place.name == region), None)
        for name in names
        if name in types
    }
    return [Offer(instance_type=name, refusal=_refusal(places.get(name), region)) for name in names]


def _refusal(place: GetServerTypesServerTypeLocationResult | None, region: str) -> str:
    if place is None:
        return f"not sold in {region}"
    if place.unavailable_after and place.unavailable_after[:10] <= datetime.now(UTC).date().isoformat():
        return f"retired in {region} since {place.unavailable_after[:10]}"
    return "" if place.available else f"sold out in {region}"
