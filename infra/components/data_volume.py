"""Set up the data volume: its file system, mount and marker."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_command import remote

from infra.scripts import load, with_variables


@dataclass(frozen=True, kw_only=True)
class DataVolumeArgs:
    """Hold the inputs of `DataVolume`."""

    connection: remote.ConnectionArgs
    server_id: pulumi.Input[str]  # another server runs the script again
    deployment: str
    device: pulumi.Input[str]
    size_gib: int


class DataVolume(pulumi.ComponentResource):
    """Mount the volume; only this resource's `create` makes a file system, in the update that made the volume."""

    def __init__(self, name: str, args: DataVolumeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:server:DataVolume", name, None, opts)
        variables = {
            "SERVER_ID": args.server_id,
            "DEVICE": args.device,
            "DEPLOYMENT": args.deployment,
            "SIZE_GIB": str(args.size_gib),
        }
        script = load("data_volume.sh")
        self.mounted = remote.Command(
            f"{name}-mount",
            connection=args.connection,
            create=with_variables(script, {"VOLUME_IS_NEW": "true", **variables}),
            update=with_variables(script, {"VOLUME_IS_NEW": "false", **variables}),
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        self.register_outputs({})
