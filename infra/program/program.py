"""Build a stack from its config and plan, and return its outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi

from infra.clouds.choose import cloud
from infra.clouds.interface import Server, ServerArgs
from infra.components.access import Access, AccessArgs
from infra.components.certificates import Certificates, CertificatesArgs
from infra.components.credentials import Credentials
from infra.components.k3s import K3s
from infra.components.namespaces import Namespaces, NamespacesArgs
from infra.components.outside import Outside
from infra.components.priority_classes import PriorityClasses
from infra.planner.against_past import keep_running, require_possible
from infra.planner.plan_for import plan_for
from infra.preflight.autoscaled import read_autoscaled
from infra.preflight.bounds import Bounds
from infra.preflight.deploy_key_steps import require_next_step
from infra.preflight.existing import require_only_one
from infra.preflight.live_bounds import read_bounds
from infra.preflight.orderable import require_orderable
from infra.preflight.other_major import require_same_major
from infra.preflight.recorded import load_state, read_recorded
from infra.preflight.saved import volume_label
from infra.preflight.up_to_date import require_up_to_date
from infra.program.celery_servers import deploy_celery_servers
from infra.program.cluster import deploy_cluster
from infra.program.kept_connections import keeping_connections, recorded_commands
from infra.program.monitoring import Reach, deploy_monitoring
from infra.program.quiet_commands import loud_commands, quiet
from infra.program.repair import repair_rollouts
from infra.program.rollout import waiting
from infra.program.shop import Base, deploy_shop
from infra.sizing.plan import StackPlan
from infra.sizing.sound import require_sound
from infra.stack_file.reader.program_config import Secrets, load_stack_config
from infra.stack_file.stack_config import StackConfig
from infra.versions import IMAGES, VERSION


def outputs_of_this_stack() -> dict[str, Any]:
    """Read the config, check the plan, and register every resource.

    Returns:
        The stack's outputs, by the names in `OUTPUTS`.

    Raises:
        ConfigError: the stack file is wrong; nothing is registered.
        RefusedError: the plan does not fit or breaks a contract, the update would replace the server, build a second
            one or order a server that the provider can't deliver, or the state differs from the provider. Nothing is
            registered.
    """
    config, secrets = load_stack_config()
    state = load_state()
    recorded = read_recorded(state)
    require_possible(config, recorded)
    require_same_major(config, state)
    require_up_to_date(config, state)
    require_next_step(config.deploy_keys, state)
    config = keep_running(config, recorded)
    plan = plan_for(config, recorded)
    require_sound(plan)
    for line in plan.warnings:
        pulumi.log.warn(line)
    if recorded is None and not config.allow_second:
        require_only_one(config)
    require_orderable(config, plan, recorded)
    pulumi.runtime.register_stack_transformation(quiet(loud_commands(state)))
    pulumi.runtime.register_stack_transformation(keeping_connections(recorded_commands(state)))
    bounds = read_bounds(state)
    past = Past(
        bounds=bounds,
        autoscaled=read_autoscaled(state) | bounds.autoscalers.keys(),
        volume_label=volume_label(state, config.name),
    )
    return deploy(config, secrets, plan, past)


@dataclass(frozen=True, kw_only=True)
class Past:
    """Hold the results of earlier updates that this update depends on."""

    bounds: Bounds  # of the namespace, before this update
    autoscaled: frozenset[str] = frozenset()  # Deployments whose replica count an autoscaler owned
    volume_label: str | None = None  # of the data volume, where it differs from the deployment's name


def deploy(config: StackConfig, secrets: Secrets, plan: StackPlan, past: Past) -> dict[str, Any]:
    """Register every resource, and return the stack's outputs."""
    celery = plan.celery_servers
    keys = config.deploy_keys
    access = Access("access", AccessArgs(deployment=config.name, celery_servers=celery is not None, deploy_keys=keys))
    server = cloud(config.provider).server(
        "server",
        ServerArgs(
            deployment=config.name,
            region=config.region,
            instance_type=plan.server.instance_type,
            volume_size_gib=plan.volume_size_gib,
            delete_protection=config.delete_protection,
            admin_cidrs=config.admin_cidrs,
            ssh_public_key=access.public_key,
            ssh_key_number=keys[0],
            user_data=access.user_data,
            connection=access.connection,
            volume_label=past.volume_label or config.name,
        ),
    )
    k3s = deploy_cluster(config, plan, access, server)
    repair_rollouts(k3s.kubeconfig)
    nodes = deploy_celery_servers(config, celery, access, server, k3s) if celery else []
    outside = Outside(public_ip=server.public_ip, private_ip=server.private_ip, egress_cidrs=config.egress_cidrs)
    on_cluster = pulumi.ResourceOptions(provider=k3s.provider)
    namespaces = Namespaces(
        "namespaces",
        NamespacesArgs(plan=plan.namespace, web_port=config.app.port, outside=outside, now=past.bounds),
        opts=on_cluster,
    )
    priorities = PriorityClasses("priorities", opts=on_cluster)
    base = Base(
        images={**IMAGES, **config.images},
        namespaces=namespaces,
        credentials=Credentials("credentials"),
        opts=pulumi.ResourceOptions(
            provider=k3s.provider,
            depends_on=[*namespaces.ready, *priorities.ready],
            transformations=[waiting(config.rollout_minutes)],
        ),
        celery_nodes=nodes,
        autoscaled=past.autoscaled,
        now=past.bounds,
    )
    shop = deploy_shop(config, secrets, plan, base)
    namespaces.follow(shop.workloads)
    more = _certificates(config, access, server, shop.ingress)
    more |= deploy_monitoring(config, secrets, plan, base, Reach(kubeconfig=k3s.kubeconfig, outside=outside))
    return {**_outputs(config, plan, server, k3s), "host_key": access.host_key.apply(str.strip), **more}


def _certificates(config: StackConfig, access: Access, server: Server, ingress: pulumi.Resource) -> dict[str, Any]:
    """Register `Certificates` after the Ingress, which tells traefik the names to order certificates for."""
    made = Certificates(
        "certificates",
        CertificatesArgs(
            connection=access.connection(server.public_ip),
            server_id=server.server_id,
            public_ip=server.public_ip,
            domains=config.hosts,
        ),
        opts=pulumi.ResourceOptions(depends_on=[ingress]),
    )
    return {"certificates": made.said} if config.hosts else {}


def _outputs(config: StackConfig, plan: StackPlan, server: Server, k3s: K3s) -> dict[str, Any]:
    """Return the stack's outputs; the next update reads `stage` and others back (infra/preflight/recorded.py)."""
    address = server.public_ip
    return {
        "url": f"https://{config.host}" if config.host else pulumi.Output.concat("http://", address),
        "public_ip": address,
        "kubeconfig": k3s.kubeconfig,
        "name": config.name,
        "stage": plan.stage,
        "provider": plan.provider,
        "region": plan.region,
        "instance_type": plan.server.instance_type,
        "volume_size_gib": plan.volume_size_gib,
        "version": VERSION,
        "k3s_version": config.k3s.release,
    }
