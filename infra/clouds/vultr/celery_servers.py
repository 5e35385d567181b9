"""Build Vultr instances that only run Celery workers."""

from __future__ import annotations

import ediri_vultr as vultr
import pulumi

from infra.clouds.interface import CeleryServer, CeleryServersArgs
from infra.clouds.vultr.server import OS_ID, REPLACING, VULTR_TIMEOUTS
from infra.names import CELERY_ROLE, cloud_tags


class VultrCeleryServers(pulumi.ComponentResource):
    """Instances for Celery are unprotected, because they hold no data: a lower count deletes the last ones."""

    servers: tuple[CeleryServer, ...]

    def __init__(self, name: str, args: CeleryServersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:server:VultrCeleryServers", name, None, opts)
        # A group without rules blocks all incoming internet traffic. It filters neither outgoing traffic nor the
        # private network (docs.vultr.com, "Vultr Firewall").
        firewall = vultr.FirewallGroup(
            f"{name}-firewall",
            description=" ".join(cloud_tags(args.deployment, CELERY_ROLE)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.servers = tuple(self._server(name, args, firewall, number) for number in range(1, args.count + 1))
        self.register_outputs({"private_ips": [server.private_ip for server in self.servers]})

    def _server(self, name: str, args: CeleryServersArgs, firewall: vultr.FirewallGroup, number: int) -> CeleryServer:
        server = vultr.Instance(
            f"{name}-{number}-server",
            label=args.name(number),
            hostname=args.name(number),
            plan=args.instance_type,
            os_id=OS_ID,
            region=args.region,
            vpc_ids=[args.network_id],
            firewall_group_id=firewall.id,
            ssh_key_ids=[args.ssh_key_id],
            user_data=args.user_data,
            backups="disabled",
            activation_email=False,
            tags=cloud_tags(args.deployment, CELERY_ROLE),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=list(REPLACING), custom_timeouts=VULTR_TIMEOUTS),
        )
        return CeleryServer(name=args.name(number), private_ip=server.internal_ip, ready=(server,))
