"""Apply security patches to a server's Debian."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_command import remote

from infra.scripts import load, with_variables

_FILES = {
    "APT_CONF": "patches/apt.conf",
    "GENTLE_CONF": "patches/gentle.conf",
    "NEEDRESTART_CONF": "patches/needrestart.conf",
    "METRICS": "patches/metrics.sh",
    "METRICS_UNIT": "patches/metrics.service",
}


@dataclass(frozen=True, kw_only=True)
class PatchesArgs:
    """Hold the inputs of `Patches`."""

    connection: remote.ConnectionArgs
    server_id: pulumi.Input[str]  # another server runs the script again


class Patches(pulumi.ComponentResource):
    """Apply patches every day; a reboot waits for a person, and an alert asks for it (ADR 0038)."""

    def __init__(self, name: str, args: PatchesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:server:Patches", name, None, opts)
        contents = {variable: load(path).rstrip("\n") for variable, path in _FILES.items()}
        script = with_variables(load("base.sh", "patches.sh"), {"SERVER_ID": args.server_id, **contents})
        remote.Command(
            f"{name}-install",
            connection=args.connection,
            create=script,
            update=script,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
