"""The stack's program without a cluster: past, look at the provider, plan, servers, volume; an update takes 3 s."""

import pulumi

from infra.clouds.choose import cloud
from infra.clouds.interface import ServerArgs
from infra.components.access import Access, AccessArgs
from infra.components.data_volume import DataVolume, DataVolumeArgs
from infra.errors import StagecoachError
from infra.preflight.saved import volume_label
from infra.program.program import program


def outputs():
    config, _ = program.load_stack_config()
    state = program.load_state()
    recorded = program.read_recorded(state)
    program.require_possible(config, recorded)
    program.require_up_to_date(config, state)
    plan = program.plan_for(config, recorded)
    access = Access("access", AccessArgs(deployment=config.name))
    server = cloud(config.provider).server(
        "server",
        ServerArgs(
            deployment=config.name,
            region=config.region,
            instance_type=plan.server.instance_type,
            volume_size_gib=plan.volume_size_gib,
            admin_cidrs=config.admin_cidrs,
            ssh_public_key=access.public_key,
            user_data=access.user_data,
            connection=access.connection,
            volume_label=volume_label(state, config.name),
        ),
    )
    volume = DataVolume(
        "data-volume",
        DataVolumeArgs(
            connection=access.connection(server.public_ip),
            server_id=server.server_id,
            deployment=config.name,
            device=server.volume_device,
            size_gib=plan.volume_size_gib,
        ),
        opts=pulumi.ResourceOptions(depends_on=server.ready),
    )
    settled = {key: getattr(plan, key) for key in ("stage", "provider", "region")}
    # As in the whole program, the outputs wait for something that the servers must be up for.
    return {**settled, "name": config.name, "instance_type": plan.server.instance_type, "log": volume.mounted.stdout}


if __name__ == "__main__":
    try:
        for key, value in outputs().items():
            pulumi.export(key, value)
    except StagecoachError as error:
        raise pulumi.RunError(str(error)) from None
