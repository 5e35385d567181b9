"""Build a Droplet with its data volume, public address, network and firewall, and look up what exists."""

from __future__ import annotations

from decimal import Decimal

import pulumi
import pulumi_digitalocean as digitalocean

from infra.clouds.digitalocean.firewall import firewall_of
from infra.clouds.interface import TIMEOUTS, FoundServer, Offer, ServerArgs, opened_ports
from infra.names import CELERY_ROLE, cloud_tags
from infra.pod_network import private_range

IMAGE = "debian-12-x64"


class DigitalOceanServer(pulumi.ComponentResource):
    """A Droplet is resized in place without growing its disk, so that it can be resized back later."""

    server_id: pulumi.Output[str]
    public_ip: pulumi.Output[str]
    private_ip: pulumi.Output[str]
    volume_device: pulumi.Output[str]
    network_id: pulumi.Output[str]
    ssh_key_id: pulumi.Output[str]

    def __init__(self, name: str, args: ServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:server:DigitalOceanServer", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        kept = pulumi.ResourceOptions(parent=self, protect=True)
        network = digitalocean.Vpc(
            f"{name}-network",
            name=args.deployment,
            region=args.region,
            ip_range=private_range(args.deployment),
            opts=kept,
        )
        address = digitalocean.ReservedIp(
            f"{name}-address",
            region=args.region,
            # The assignment below sets dropletId. Without this, the update after a refresh would detach the address.
            opts=pulumi.ResourceOptions(parent=self, protect=True, ignore_changes=["dropletId"]),
        )
        key = digitalocean.SshKey(
            f"{name}-deploy-key{args.ssh_key_suffix}",
            name=args.ssh_key_name,
            public_key=args.ssh_public_key,
            opts=child,
        )
        server = self._server(name, args, network, key)
        assignment = digitalocean.ReservedIpAssignment(
            f"{name}-address-assignment",
            ip_address=address.ip_address,
            droplet_id=server.id.apply(int),
            opts=kept,
        )
        firewall = firewall_of(f"{name}-firewall", args.deployment, server, opened_ports(args.admin_cidrs), child)
        volume, attachment = self._volume(name, args, server)
        self.server_id = server.id
        self.public_ip = address.ip_address
        self.private_ip = server.ipv4_address_private
        self.volume_device = pulumi.Output.concat("/dev/disk/by-id/scsi-0DO_Volume_", volume.name)
        self.network_id, self.ssh_key_id = network.id, key.id
        # The firewall is created after the Droplet, because it names the Droplet's id. k3s must not be installed
        # earlier.
        self.ready: list[pulumi.Resource] = [server, assignment, attachment, firewall]
        self.register_outputs({"public_ip": self.public_ip, "private_ip": self.private_ip})

    def _server(
        self, name: str, args: ServerArgs, network: digitalocean.Vpc, key: digitalocean.SshKey
    ) -> digitalocean.Droplet:
        return digitalocean.Droplet(
            f"{name}-server",
            name=args.deployment,
            size=args.instance_type,
            image=IMAGE,
            region=args.region,
            vpc_uuid=network.id,
            ssh_keys=[key.id],
            user_data=args.user_data,
            resize_disk=False,
            graceful_shutdown=True,
            tags=cloud_tags(args.deployment),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=True,
                # A change of the first five would replace the Droplet, and none has an effect after the first boot; the
                # attachment below adds volumeIds.
                ignore_changes=["userData", "sshKeys", "image", "region", "vpcUuid", "volumeIds"],
                custom_timeouts=TIMEOUTS,
            ),
        )

    def _volume(
        self, name: str, args: ServerArgs, server: digitalocean.Droplet
    ) -> tuple[digitalocean.Volume, digitalocean.VolumeAttachment]:
        """Create the data volume, which outlives the Droplet and grows in place; DataVolume formats it."""
        volume = digitalocean.Volume(
            f"{name}-data",
            name=args.deployment,
            region=args.region,
            size=args.volume_size_gib,
            tags=cloud_tags(args.deployment),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=True,
                ignore_changes=["region", "description", "initialFilesystemType", "initialFilesystemLabel"],
            ),
        )
        attachment = digitalocean.VolumeAttachment(
            f"{name}-data-attachment",
            volume_id=volume.id,
            droplet_id=server.id.apply(int),
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        return volume, attachment


def find_digitalocean_servers(deployment: str, _celery: int = 0) -> list[FoundServer]:
    """Ask the API for the deployment's Droplets.

    Args:
        deployment: The deployment's name, which all its Droplets have as a tag.
        _celery: Not used: the tag finds Celery servers, too.
    """
    (tag,) = cloud_tags(deployment)
    celery = set(cloud_tags(deployment, CELERY_ROLE))
    found = digitalocean.get_droplets(filters=[{"key": "tags", "values": [tag]}]).droplets
    return [
        FoundServer(
            id=str(one.id), name=one.name, instance_type=one.size, region=one.region, celery=celery <= set(one.tags)
        )
        for one in found
    ]


def digitalocean_offers(region: str, names: tuple[str, ...]) -> list[Offer]:
    """Ask the API whether the region sells these sizes, and for how much a month.

    Args:
        region: The region's slug.
        names: The sizes' slugs.
    """
    sizes = {one.slug: one for one in digitalocean.get_sizes().sizes}
    offers = []
    for name in names:
        size = sizes.get(name)
        if size is None or region not in size.regions:
            offers.append(Offer(instance_type=name, refusal=f"not sold in {region} now"))
        else:
            refusal = "" if size.available else "sold out"
            offers.append(Offer(instance_type=name, refusal=refusal, price=Decimal(str(size.price_monthly))))
    return offers
