"""Build Droplets that only run Celery workers."""

from __future__ import annotations

import pulumi
import pulumi_digitalocean as digitalocean

from infra.clouds.digitalocean.firewall import firewall_of
from infra.clouds.digitalocean.server import IMAGE
from infra.clouds.interface import TIMEOUTS, CeleryServer, CeleryServersArgs
from infra.names import CELERY_ROLE, cloud_tags


class DigitalOceanCeleryServers(pulumi.ComponentResource):
    """Droplets that only run Celery are unprotected, because they hold no data: a lower count deletes the last ones."""

    servers: tuple[CeleryServer, ...]

    def __init__(self, name: str, args: CeleryServersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:server:DigitalOceanCeleryServers", name, None, opts)
        self.servers = tuple(self._server(name, args, number) for number in range(1, args.count + 1))
        self.register_outputs({"private_ips": [server.private_ip for server in self.servers]})

    def _server(self, name: str, args: CeleryServersArgs, number: int) -> CeleryServer:
        server = digitalocean.Droplet(
            f"{name}-{number}-server",
            name=args.name(number),
            size=args.instance_type,
            image=IMAGE,
            region=args.region,
            vpc_uuid=args.network_id,
            ssh_keys=[args.ssh_key_id],
            user_data=args.user_data,
            resize_disk=False,
            graceful_shutdown=True,
            tags=cloud_tags(args.deployment, CELERY_ROLE),
            opts=pulumi.ResourceOptions(
                parent=self,
                # A change of any of these would replace the Droplet, and none has an effect after the first boot.
                ignore_changes=["userData", "sshKeys", "image", "region", "vpcUuid"],
                custom_timeouts=TIMEOUTS,
            ),
        )
        firewall = firewall_of(
            f"{name}-{number}-firewall", args.deployment, server, (), pulumi.ResourceOptions(parent=self)
        )
        return CeleryServer(name=args.name(number), private_ip=server.ipv4_address_private, ready=(server, firewall))
