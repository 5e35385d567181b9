"""Build a Vultr instance with its block storage, reserved IP, VPC and firewall group, and look up what exists."""

from __future__ import annotations

import ipaddress
from decimal import Decimal

import ediri_vultr as vultr
import pulumi
from pulumi_command import remote

from infra.clouds.interface import (
    FoundServer,
    Offer,
    ServerArgs,
    celery_name,
    opened_ports,
)
from infra.names import cloud_tags
from infra.pod_network import private_range
from infra.scripts import load, with_variables

OS_ID = 2136  # Debian 12 x64 (bookworm), GET /v2/os
# The provider plugin's messages when a filter matches nothing, and when it matches several.
_UNKNOWN, _SEVERAL = "no results were found", "your search returned too many results"
# The provider plugin waits up to an hour for a new instance and for a change of its plan.
VULTR_TIMEOUTS = pulumi.CustomTimeouts(create="60m", update="60m", delete="10m")
# A change of any of these would replace the instance, and none has an effect after the first boot.
REPLACING = ("userData", "sshKeyIds", "osId", "reservedIpId", "hostname", "region")


class VultrServer(pulumi.ComponentResource):
    """An instance changes its plan in place, but only to a larger one: Vultr refuses to downgrade."""

    server_id: pulumi.Output[str]
    public_ip: pulumi.Output[str]
    private_ip: pulumi.Output[str]
    volume_device: pulumi.Output[str]
    network_id: pulumi.Output[str]
    ssh_key_id: pulumi.Output[str]

    def __init__(self, name: str, args: ServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:server:VultrServer", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        (tag,) = cloud_tags(args.deployment)
        inside = ipaddress.ip_network(private_range(args.deployment))
        network = vultr.Vpc(
            f"{name}-network",
            description=tag,
            region=args.region,
            v4_subnet=str(inside.network_address),
            v4_subnet_mask=inside.prefixlen,
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        address = vultr.ReservedIp(
            f"{name}-address",
            label=args.deployment,
            region=args.region,
            ip_type="v4",
            # The instance attaches the address when it is created. Without this, the update after a refresh would
            # detach it.
            opts=pulumi.ResourceOptions(parent=self, protect=True, ignore_changes=["instanceId", "label"]),
        )
        firewall = vultr.FirewallGroup(f"{name}-firewall", description=tag, opts=child)
        rules = self._rules(f"{name}-firewall", firewall, args.admin_cidrs)
        key_name = f"{name}-deploy-key{args.ssh_key_suffix}"
        key = vultr.SSHKey(key_name, name=args.ssh_key_name, ssh_key=args.ssh_public_key, opts=child)
        server = self._server(name, args, (network, address, firewall, key))
        answered = self._first_answer(name, args, server, address, rules)
        volume = self._volume(name, args, server, answered)
        self.server_id = server.id
        self.public_ip = address.subnet
        self.private_ip = server.internal_ip
        self.volume_device = pulumi.Output.concat("/dev/disk/by-id/virtio-", volume.mount_id)
        self.network_id, self.ssh_key_id = network.id, key.id
        self.ready: list[pulumi.Resource] = [server, volume, *rules]
        self.register_outputs({"public_ip": self.public_ip, "private_ip": self.private_ip})

    def _rules(
        self, name: str, firewall: vultr.FirewallGroup, admin_cidrs: tuple[str, ...]
    ) -> list[vultr.FirewallRule]:
        """Build one rule per port and network; the group blocks all else but does not filter the private network."""
        opened = [(port, ipaddress.ip_network(one)) for port, sources in opened_ports(admin_cidrs) for one in sources]
        return [
            vultr.FirewallRule(
                # The name contains the network, so that changing the list leaves the other rules alone.
                f"{name}-{port}-{source}",
                firewall_group_id=firewall.id,
                ip_type=f"v{source.version}",
                protocol="tcp",
                port=port,
                subnet=str(source.network_address),
                subnet_size=source.prefixlen,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for port, source in opened
        ]

    def _server(
        self,
        name: str,
        args: ServerArgs,
        parts: tuple[vultr.Vpc, vultr.ReservedIp, vultr.FirewallGroup, vultr.SSHKey],
    ) -> vultr.Instance:
        network, address, firewall, key = parts
        return vultr.Instance(
            f"{name}-server",
            label=args.deployment,
            hostname=args.deployment,
            plan=args.instance_type,
            os_id=OS_ID,
            region=args.region,
            # Set at creation: the guest would have to configure an address that is attached later.
            reserved_ip_id=address.id,
            vpc_ids=[network.id],
            firewall_group_id=firewall.id,
            ssh_key_ids=[key.id],
            user_data=args.user_data,  # plain text: the provider plugin encodes it
            backups="disabled",
            activation_email=False,
            tags=cloud_tags(args.deployment),
            opts=pulumi.ResourceOptions(
                parent=self, protect=True, ignore_changes=list(REPLACING), custom_timeouts=VULTR_TIMEOUTS
            ),
        )

    def _first_answer(
        self,
        name: str,
        args: ServerArgs,
        server: vultr.Instance,
        address: vultr.ReservedIp,
        rules: list[vultr.FirewallRule],
    ) -> remote.Command:
        """Wait for SSH: until then no volume can be attached, as Vultr locks it (terraform-provider-vultr#482)."""
        script = with_variables(load("first_boot.sh"), {"SERVER_ID": server.id})
        return remote.Command(
            f"{name}-first-answer",
            connection=args.connection(address.subnet),
            create=script,
            update=script,
            add_previous_output_in_env=False,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[server, *rules]),
        )

    def _volume(
        self, name: str, args: ServerArgs, server: vultr.Instance, answered: remote.Command
    ) -> vultr.BlockStorage:
        """Create the block storage, which outlives the instance, grows in place and is attached without a restart.

        The provider plugin has no separate attachment, and it refuses an update in which only the instance changes
        ("Nothing to change", terraform-provider-vultr#660, fixed after the pinned version). To attach the storage
        again, an update must also change its label.
        """
        return vultr.BlockStorage(
            f"{name}-data",
            label=args.volume_label,
            region=args.region,
            size_gb=args.volume_size_gib,
            block_type="high_perf",  # NVMe; the other type uses spinning disks
            attached_to_instance=server.id,
            live=True,
            opts=pulumi.ResourceOptions(
                parent=self, protect=True, ignore_changes=["region", "blockType"], depends_on=[answered]
            ),
        )


def find_vultr_servers(deployment: str, celery: int = 0) -> list[FoundServer]:
    """Ask the API for the deployment's instances.

    The provider plugin's filter compares texts and cannot filter by tag, so this asks by label and then checks the tag.

    Args:
        deployment: The deployment's name.
        celery: The number of Celery servers to ask for.
    """
    (tag,) = cloud_tags(deployment)
    labels = [deployment, *(celery_name(deployment, number) for number in range(1, celery + 1))]
    found = vultr.get_instances(filters=[{"name": "label", "values": labels}]).instances
    return [
        FoundServer(
            id=one.id, name=one.label, instance_type=one.plan, region=one.region, celery=one.label != deployment
        )
        for one in found
        if tag in one.tags
    ]


def vultr_volume_attached(label: str) -> bool | None:
    """Ask the API whether the block storage with that label is attached to an instance.

    Args:
        label: The label of the block storage.

    Returns:
        None if no block storage has the label, or several have it.
    """
    try:
        found = vultr.get_block_storage(filters=[{"name": "label", "values": [label]}])
    except Exception as error:
        if _UNKNOWN in str(error) or _SEVERAL in str(error):
            return None
        raise
    return bool(found.attached_to_instance)


def vultr_offers(region: str, names: tuple[str, ...]) -> list[Offer]:
    """Ask the API whether the region sells these plans, and for how much a month; it takes one request per plan.

    Args:
        region: The region's id.
        names: The plans' ids.
    """
    return [_offer(region, name) for name in names]


def _offer(region: str, name: str) -> Offer:
    try:
        plan = vultr.get_plan(filters=[{"name": "id", "values": [name]}])
    except Exception as error:
        if _UNKNOWN in str(error):
            return Offer(instance_type=name, refusal="not sold any more")
        raise
    refusal = "" if region in plan.locations else f"sold out in {region}"
    return Offer(instance_type=name, refusal=refusal, price=Decimal(str(plan.monthly_cost)))
