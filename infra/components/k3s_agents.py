"""Join the Celery servers to the cluster as nodes."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_command import remote

from infra.clouds.interface import CeleryServer
from infra.components.k3s_config import render_agent_config
from infra.scripts import load, with_variables
from infra.sizing.plan import NodePlan


@dataclass(frozen=True, kw_only=True)
class K3sAgentsArgs:
    """Hold the inputs of `K3sAgents`.

    `connections` lead through the main server to `servers`, one each. `answers` are done when those connections work.
    """

    servers: tuple[CeleryServer, ...]
    answers: tuple[pulumi.Resource, ...]
    connections: tuple[remote.ConnectionArgs, ...]
    server: remote.ConnectionArgs
    server_private_ip: pulumi.Input[str]
    node: NodePlan
    token: pulumi.Input[str]
    version: str
    url: str | None
    sha256: str | None


class K3sAgents(pulumi.ComponentResource):
    """Join each Celery server; workers wait for `ready`, which is done when the nodes accept pods.

    With a smaller count, the engine deletes in the reverse order of the dependencies: the main server first drains and
    removes the node, then the VPS is deleted.
    """

    def __init__(self, name: str, args: K3sAgentsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:k3s:K3sAgents", name, None, opts)
        self.ready: list[pulumi.Resource] = [
            self._agent(name, args, number) for number in range(1, len(args.servers) + 1)
        ]
        self.register_outputs({})

    def _agent(self, agents: str, args: K3sAgentsArgs, number: int) -> remote.Command:
        name, server = f"{agents}-{number}", args.servers[number - 1]
        config = pulumi.Output.all(server.private_ip, args.server_private_ip, args.token).apply(
            lambda values: render_agent_config(
                args.node, name=server.name, private_ip=values[0], server_private_ip=values[1], token=values[2]
            )
        )
        release = {"K3S_VERSION": args.version, "K3S_URL": args.url or "", "K3S_SHA256": args.sha256 or ""}
        install = with_variables(load("base.sh", "k3s_agent_install.sh"), release)
        installed = remote.Command(
            f"{name}-install",
            connection=args.connections[number - 1],
            create=install,
            update=install,
            stdin=config,
            triggers=[server.server_id],
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[*server.ready, args.answers[number - 1]], delete_before_replace=True
            ),
        )
        node = {"NODE": server.name}
        joined = with_variables(load("k3s_agent_joined.sh"), node)
        return remote.Command(
            f"{name}-node",
            connection=args.server,
            create=joined,
            update=joined,
            delete=with_variables(load("k3s_agent_remove.sh"), node),
            # The trigger is the installation's id, so that the engine deletes this command before it replaces the
            # installation: a new VPS can only join after the old node and its password are gone.
            triggers=[installed.id],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[installed], delete_before_replace=True),
        )
