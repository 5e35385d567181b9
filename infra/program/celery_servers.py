"""Register the Celery servers: the provider's VPSes, and the cluster's nodes on them."""

from __future__ import annotations

import pulumi
from pulumi_command import remote

from infra.clouds.choose import cloud
from infra.clouds.interface import CeleryServer, CeleryServersArgs, Server
from infra.components.access import Access
from infra.components.authorized_keys import AuthorizedKeys, AuthorizedKeysArgs
from infra.components.celery_answers import CeleryAnswers, CeleryAnswersArgs
from infra.components.k3s import K3s
from infra.components.k3s_agents import K3sAgents, K3sAgentsArgs
from infra.components.patches import Patches, PatchesArgs
from infra.names import CELERY_SERVERS_COMPONENT
from infra.sizing.plan import NodePlan
from infra.stack_file.stack_config import StackConfig


def deploy_celery_servers(
    config: StackConfig, node: NodePlan, access: Access, server: Server, k3s: K3s
) -> list[pulumi.Resource]:
    """Register the Celery servers, and return the resources that the workers wait for.

    Raises:
        ValueError: `access` was made without the Celery servers' host key.
    """
    if access.celery_user_data is None or access.celery_host_key is None:
        raise ValueError("access was made without celery_servers")
    made = cloud(config.provider).celery_servers(
        CELERY_SERVERS_COMPONENT,
        CeleryServersArgs(
            deployment=config.name,
            region=config.region,
            instance_type=node.instance_type,
            count=node.count,
            network_id=server.network_id,
            ssh_key_id=server.ssh_key_id,
            user_data=access.celery_user_data,
        ),
    )
    args = CeleryAnswersArgs(
        servers=made.servers,
        server=access.connection(server.public_ip),
        host_key=access.celery_host_key,
        instance_type=node.instance_type,
    )
    # The connection leads through the main server, whose own resize is over before k3s is installed.
    answers = CeleryAnswers("celery-answers", args, opts=pulumi.ResourceOptions(depends_on=[k3s.installed]))
    connections = tuple(access.connection_behind(server.public_ip, one.private_ip) for one in made.servers)
    for number, connection in enumerate(connections, start=1):
        _keys_and_patches(number, config, access, made.servers[number - 1], connection, answers.ready[number - 1])
    agents = K3sAgents(
        "k3s-agents",
        K3sAgentsArgs(
            servers=made.servers,
            answers=answers.ready,
            connections=connections,
            server=access.connection(server.public_ip),
            server_private_ip=server.private_ip,
            node=node,
            token=k3s.agent_token,
            version=config.k3s.release,
            url=config.k3s.url,
            sha256=config.k3s.checksum,
        ),
        opts=pulumi.ResourceOptions(depends_on=[k3s.installed]),
    )
    return agents.ready


def _keys_and_patches(
    number: int,
    config: StackConfig,
    access: Access,
    server: CeleryServer,
    connection: remote.ConnectionArgs,
    answered: pulumi.Resource,
) -> None:
    args = AuthorizedKeysArgs(
        connection=connection,
        server_id=server.server_id,
        deploy_keys=access.public_keys,
        people=config.authorized_keys,
    )
    after = pulumi.ResourceOptions(depends_on=[*server.ready, answered])
    AuthorizedKeys(f"authorized-keys-celery-{number}", args, opts=after)
    patches = PatchesArgs(connection=connection, server_id=server.server_id)
    Patches(f"patches-celery-{number}", patches, opts=after)
