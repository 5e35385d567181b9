"""People's SSH keys on the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_command import remote

from infra.scripts import load, with_variables


@dataclass(frozen=True, kw_only=True)
class AuthorizedKeysArgs:
    """Inputs of `AuthorizedKeys`; the deploy key that `connection` uses always stays in, as the first."""

    connection: remote.ConnectionArgs
    server_id: pulumi.Input[str]  # another server runs the script again
    deploy_keys: Sequence[pulumi.Input[str]]  # each with its line's end
    people: tuple[str, ...]


class AuthorizedKeys(pulumi.ComponentResource):
    """One file, written whole: a key that leaves the stack file leaves the server."""

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
