"""Build Hetzner servers that only run Celery workers."""

from __future__ import annotations

import pulumi
import pulumi_hcloud as hcloud

from infra.clouds.hetzner.server import IMAGE
from infra.clouds.interface import TIMEOUTS, CeleryServer, CeleryServersArgs, celery_private_ip
from infra.names import CELERY_ROLE, cloud_labels


class HetznerCeleryServers(pulumi.ComponentResource):
    """Servers that only run Celery are unprotected, because they hold no data: a lower count deletes the last ones."""

    servers: tuple[CeleryServer, ...]

    def __init__(self, name: str, args: CeleryServersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:server:HetznerCeleryServers", name, None, opts)
        labels = cloud_labels(args.deployment, CELERY_ROLE)
        # A firewall without rules blocks all incoming internet traffic and allows all outgoing traffic. It does not
        # filter the private network (docs.hetzner.com/cloud/firewalls/faq).
        firewall = hcloud.Firewall(
            f"{name}-firewall",
            name=f"{args.deployment}-celery",
            labels=labels,
            rules=[],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.servers = tuple(self._server(name, args, labels, firewall, number) for number in range(1, args.count + 1))
        self.register_outputs({"private_ips": [server.private_ip for server in self.servers]})

    def _server(
        self, name: str, args: CeleryServersArgs, labels: dict[str, str], firewall: hcloud.Firewall, number: int
    ) -> CeleryServer:
        server = hcloud.Server(
            f"{name}-{number}-server",
            name=args.name(number),
            server_type=args.instance_type,
            image=IMAGE,
            location=args.region,
            ssh_keys=[args.ssh_key_id],
            user_data=args.user_data,
            keep_disk=True,
            shutdown_before_deletion=True,
            firewall_ids=[firewall.id.apply(int)],
            # The server pulls images and packages through its public address; the firewall blocks incoming traffic.
            public_nets=[hcloud.ServerPublicNetArgs(ipv4_enabled=True, ipv6_enabled=False)],
            labels=labels,
            opts=pulumi.ResourceOptions(
                parent=self,
                # A change of any of these would replace the server, and none has an effect after the first boot.
                ignore_changes=["userData", "sshKeys", "image", "location"],
                custom_timeouts=TIMEOUTS,
            ),
        )
        private = hcloud.ServerNetwork(
            f"{name}-{number}-private",
            server_id=server.id.apply(int),
            subnet_id=args.network_id,
            ip=celery_private_ip(number),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return CeleryServer(name=args.name(number), private_ip=private.ip, ready=(server, private))
