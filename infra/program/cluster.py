"""Set up the main server over SSH: volume, keys, patches, k3s, ingress controller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_command import remote

from infra.clouds.interface import Server
from infra.components.access import Access
from infra.components.authorized_keys import AuthorizedKeys, AuthorizedKeysArgs
from infra.components.data_volume import DataVolume, DataVolumeArgs
from infra.components.k3s import K3s, K3sArgs
from infra.components.patches import Patches, PatchesArgs
from infra.components.traefik import Traefik, TraefikArgs
from infra.sizing.plan import StackPlan
from infra.stack_file.stack_config import StackConfig


def deploy_cluster(config: StackConfig, plan: StackPlan, access: Access, server: Server) -> K3s:
    """Register the main server's set-up, each step after the steps that it needs, and return its k3s."""
    connection = access.connection(server.public_ip)
    volume = DataVolume(
        "data-volume",
        DataVolumeArgs(
            connection=connection,
            server_id=server.server_id,
            deployment=config.name,
            device=server.volume_device,
            size_gib=plan.volume_size_gib,
        ),
        opts=pulumi.ResourceOptions(depends_on=server.ready),
    )
    AuthorizedKeys(
        "authorized-keys",
        AuthorizedKeysArgs(
            connection=connection,
            server_id=server.server_id,
            deploy_keys=access.public_keys,
            people=config.authorized_keys,
        ),
        opts=pulumi.ResourceOptions(depends_on=server.ready),
    )
    Patches(
        "patches",
        PatchesArgs(connection=connection, server_id=server.server_id),
        opts=pulumi.ResourceOptions(depends_on=server.ready),
    )
    k3s = K3s(
        "k3s",
        _k3s_args(config, plan, server, connection),
        opts=pulumi.ResourceOptions(depends_on=[volume.mounted]),
    )
    system: Mapping[str, Any] = {workload.name: workload for workload in plan.system}
    Traefik(
        "traefik",
        TraefikArgs(
            connection=connection,
            server_id=server.server_id,
            container=system["traefik"].container("traefik"),
            read_timeout=plan.django.read_timeout,
            acme_email=config.acme_email if config.hosts else None,
            hosts=config.hosts,
        ),
        opts=pulumi.ResourceOptions(depends_on=[k3s.installed]),
    )
    return k3s


def _k3s_args(config: StackConfig, plan: StackPlan, server: Server, connection: remote.ConnectionArgs) -> K3sArgs:
    return K3sArgs(
        connection=connection,
        server_id=server.server_id,
        node=plan.server,
        deployment=config.name,
        public_ip=server.public_ip,
        private_ip=server.private_ip,
        version=config.k3s.release,
        url=config.k3s.url,
        sha256=config.k3s.checksum,
        kubeconfig_epoch=config.kubeconfig_epoch,
    )
