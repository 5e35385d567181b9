"""Install k3s on the main server, and make the Kubernetes provider for everything in the cluster."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_random as random
from pulumi_command import remote

from infra.components.k3s_config import render_k3s_config
from infra.scripts import load, with_variables
from infra.sizing.plan import NodePlan


@dataclass(frozen=True, kw_only=True)
class K3sArgs:
    """Hold the inputs of `K3s`."""

    connection: remote.ConnectionArgs
    server_id: pulumi.Input[str]  # another server runs the scripts again
    node: NodePlan
    deployment: str
    public_ip: pulumi.Input[str]
    private_ip: pulumi.Input[str]
    version: str
    url: str | None
    sha256: str | None
    kubeconfig_epoch: int


class K3s(pulumi.ComponentResource):
    """Install k3s over SSH; the command that reads the kubeconfig depends on nothing that a stage changes."""

    kubeconfig: pulumi.Output[str]
    agent_token: pulumi.Output[str]

    def __init__(self, name: str, args: K3sArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:k3s:K3s", name, None, opts)
        kept = pulumi.ResourceOptions(parent=self, protect=True)
        token = random.RandomPassword(f"{name}-token", length=48, special=False, opts=kept)
        agent_token = random.RandomPassword(f"{name}-agent-token", length=48, special=False, opts=kept)
        self.agent_token = agent_token.result
        config = pulumi.Output.all(args.public_ip, args.private_ip, token.result, agent_token.result).apply(
            lambda values: render_k3s_config(
                args.node,
                deployment=args.deployment,
                public_ip=values[0],
                private_ip=values[1],
                token=values[2],
                agent_token=values[3],
            ),
        )
        variables = {
            "SERVER_ID": args.server_id,
            "K3S_VERSION": args.version,
            "K3S_URL": args.url or "",
            "K3S_SHA256": args.sha256 or "",
        }
        script = with_variables(load("base.sh", "k3s_install.sh"), variables)
        self.installed = remote.Command(
            f"{name}-install",
            connection=args.connection,
            create=script,
            update=script,
            stdin=config,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.kubeconfig = self._kubeconfig(name, args)
        self.provider = kubernetes.Provider(
            f"{name}-cluster",
            kubeconfig=self.kubeconfig,
            # This is constant: without it, a changed kubeconfig would replace the provider and every object in the
            # cluster.
            cluster_identifier=args.deployment,
            enable_server_side_apply=True,
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        self.register_outputs({"kubeconfig": self.kubeconfig})

    def _kubeconfig(self, name: str, args: K3sArgs) -> pulumi.Output[str]:
        variables = {"SERVER_ID": args.server_id, "EPOCH": str(args.kubeconfig_epoch)}
        script = with_variables(load("kubeconfig.sh"), variables)
        read = remote.Command(
            f"{name}-kubeconfig",
            connection=args.connection,
            create=script,
            update=script,
            logging=remote.Logging.NONE,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.installed], additional_secret_outputs=["stdout"]),
        )
        address = pulumi.Output.from_input(args.public_ip)
        text = pulumi.Output.all(read.stdout, address).apply(lambda values: values[0].replace("127.0.0.1", values[1]))
        return pulumi.Output.secret(text)
