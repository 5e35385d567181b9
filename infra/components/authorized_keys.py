"""Put people's SSH keys on a server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_command import remote

from infra.scripts import load, with_variables


@dataclass(frozen=True, kw_only=True)
class AuthorizedKeysArgs:
    """Hold the inputs of `AuthorizedKeys`; the deploy key that `connection` uses is always the first in the file."""

    connection: remote.ConnectionArgs
    server_id: pulumi.Input[str]  # another server runs the script again
    deploy_keys: Sequence[pulumi.Input[str]]  # each with its line end
    people: tuple[str, ...]


class AuthorizedKeys(pulumi.ComponentResource):
    """Write the whole file, so that a key removed from the stack file is removed from the server."""

    def __init__(self, name: str, args: AuthorizedKeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:server:AuthorizedKeys", name, None, opts)
        script = with_variables(load("authorized_keys.sh"), {"SERVER_ID": args.server_id})
        remote.Command(
            f"{name}-file",
            connection=args.connection,
            create=script,
            update=script,
            stdin=pulumi.Output.concat(*args.deploy_keys, "\n".join(args.people)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
