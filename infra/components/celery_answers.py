"""Wait until the Celery servers answer; until then nothing connects to them through the main server."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_command import remote

from infra.clouds.interface import CeleryServer
from infra.scripts import load, with_variables


@dataclass(frozen=True, kw_only=True)
class CeleryAnswersArgs:
    """Hold the inputs of `CeleryAnswers`.

    `server` is the connection to the main server; `host_key` is the Celery servers' host key.
    """

    servers: tuple[CeleryServer, ...]
    server: remote.ConnectionArgs
    host_key: pulumi.Input[str]
    instance_type: str  # another type causes another boot


class CeleryAnswers(pulumi.ComponentResource):
    """Run one command on the main server for each Celery server, in the order of `servers`.

    `connection.proxy` of pulumi-command 1.2.1 opens the connection to the second server once and retries the SSH
    handshake on it (provider/pkg/provider/remote/connection.go), which never succeeds after a first failure. The
    command here connects directly to the main server, where each try is a new connection, and waits there.
    """

    ready: tuple[remote.Command, ...]

    def __init__(self, name: str, args: CeleryAnswersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:server:CeleryAnswers", name, None, opts)
        self.ready = tuple(self._one(f"{name}-{number}", args, one) for number, one in enumerate(args.servers, start=1))
        self.register_outputs({})

    def _one(self, name: str, args: CeleryAnswersArgs, server: CeleryServer) -> remote.Command:
        variables = {
            "AGENT": server.private_ip,
            "HOST_KEY": pulumi.Output.from_input(args.host_key).apply(lambda key: " ".join(key.split()[:2])),
            "BOOT": pulumi.Output.concat(server.server_id, " ", args.instance_type),
        }
        script = with_variables(load("celery_server_answers.sh"), variables)
        return remote.Command(
            name,
            connection=args.server,
            create=script,
            update=script,
            add_previous_output_in_env=False,
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(server.ready)),
        )
