"""Order certificates again that could not be had; traefik does not do that by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_command import remote

from infra.scripts import load, with_variables

# An order takes some ten seconds. The service on the server waits longer; the update does not.
_WAIT_SECONDS = 90


@dataclass(frozen=True, kw_only=True)
class CertificatesArgs:
    """Hold the inputs of `Certificates`."""

    connection: remote.ConnectionArgs
    server_id: pulumi.Input[str]  # another server runs the script again
    public_ip: pulumi.Input[str]
    domains: Sequence[str]  # empty: the shop is reached by its address


class Certificates(pulumi.ComponentResource):
    """Install a service on the server, and report one line about each name's certificate.

    It comes after the Ingress, which tells traefik the names to order certificates for. A name that leads nowhere yet,
    or an issuer that is down, does not fail the update: the service keeps trying.
    """

    said: pulumi.Output[str]

    def __init__(self, name: str, args: CertificatesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:k3s:Certificates", name, None, opts)
        variables = {
            "SERVER_ID": args.server_id,
            "PUBLIC_IP": args.public_ip,
            "DOMAINS": " ".join(args.domains),
            "WAIT_SECONDS": str(_WAIT_SECONDS),
        }
        script = with_variables(load("base.sh", "certificates.sh"), variables)
        command = remote.Command(
            f"{name}-watch",
            connection=args.connection,
            create=script,
            update=script,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.said = command.stdout.apply(lambda text: str(text or "").strip())
        self.register_outputs({"said": self.said})
