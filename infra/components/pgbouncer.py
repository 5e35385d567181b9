"""PgBouncer between the app and Postgres, where the plan's connection budget asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import apps, core, meta

from infra.components._kubernetes import (
    DATA_PRIORITY,
    child_of,
    hardened,
    metadata,
    mount,
    pod_security,
    resources,
    tcp_probe,
)
from infra.components.postgres import DATABASE, USER, await_postgres_environment
from infra.components.postgres import PORT as POSTGRES_PORT
from infra.names import APP_NAMESPACE, PGBOUNCER, POSTGRES, labels, selector
from infra.sizing.plan import PgBouncerPlan
from pod import load

UID = 10002  # the program asks for no name of its user; above the host's own numbers
PORT = POSTGRES_PORT  # the app's URL changes its host only
_FOLDER = "/config"
_LEAVE_SECONDS = 5  # until no node sends new connections to an ending pod
# On SIGTERM PgBouncer (1.23 or newer) waits until its clients have left: Django's persistent connections, 60 s old at
# most in the example shop, and what tasks hold.
_GRACE_SECONDS = 120


@dataclass(frozen=True, kw_only=True)
class PgBouncerArgs:
    """Inputs of `PgBouncer`."""

    plan: PgBouncerPlan
    namespace: pulumi.Input[str]
    password: pulumi.Input[str]
    images: Mapping[str, str]


class PgBouncer(pulumi.ComponentResource):
    """Transaction pooling; config and password lie in one autonamed Secret, so that a change rolls it."""

    def __init__(self, name: str, args: PgBouncerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:data:PgBouncer", name, None, opts)
        users = pulumi.Output.from_input(args.password).apply(render_users)
        secret = core.v1.Secret(
            f"{name}-config",
            metadata=meta.v1.ObjectMetaArgs(namespace=args.namespace, labels=labels(PGBOUNCER)),
            string_data={"pgbouncer.ini": render_config(args.plan), "userlist.txt": users},
            opts=pulumi.ResourceOptions(parent=self),
        )
        port = core.v1.ServicePortArgs(name="postgres", port=PORT)
        core.v1.Service(
            f"{name}-service",
            metadata=metadata(PGBOUNCER, args.namespace, {"pulumi.com/skipAwait": "true"}),
            spec=core.v1.ServiceSpecArgs(selector=selector(PGBOUNCER), ports=[port]),
            opts=pulumi.ResourceOptions(parent=self),
        )
        replicas = args.plan.workload.replicas
        self.deployment = apps.v1.Deployment(
            f"{name}-deployment",
            metadata=metadata(PGBOUNCER, args.namespace),
            spec=apps.v1.DeploymentSpecArgs(
                replicas=replicas.planned,
                selector=meta.v1.LabelSelectorArgs(match_labels=selector(PGBOUNCER)),
                strategy=apps.v1.DeploymentStrategyArgs(
                    type="RollingUpdate",
                    rolling_update=apps.v1.RollingUpdateDeploymentArgs(max_surge=replicas.surge, max_unavailable=0),
                ),
                template=core.v1.PodTemplateSpecArgs(
                    metadata=meta.v1.ObjectMetaArgs(labels=labels(PGBOUNCER)),
                    spec=_pod(args, secret.metadata.name),
                ),
            ),
            opts=child_of(self),
        )
        self.register_outputs({})


def render_config(plan: PgBouncerPlan) -> str:
    """pgbouncer.ini.

    The host is the full name, because not every resolver that PgBouncer is built with takes a search list.
    """
    lines = [
        "[databases]",
        f"{DATABASE} = host={POSTGRES}.{APP_NAMESPACE}.svc.cluster.local port={POSTGRES_PORT} dbname={DATABASE}",
        "[pgbouncer]",
        "listen_addr = 0.0.0.0",
        f"listen_port = {PORT}",
        "unix_socket_dir =",
        "auth_type = scram-sha-256",
        f"auth_file = {_FOLDER}/userlist.txt",
        "pool_mode = transaction",
        f"default_pool_size = {plan.default_pool_size}",
        f"max_db_connections = {plan.default_pool_size}",
        f"max_client_conn = {plan.max_client_conn}",
        # A Postgres that restarts is asked again at once, not after 15 seconds.
        "server_login_retry = 1",
        "ignore_startup_parameters = extra_float_digits",
        # Each probe is a connection.
        "log_connections = 0",
        "log_disconnections = 0",
    ]
    return "\n".join(lines) + "\n"


def render_users(password: str) -> str:
    """userlist.txt: in plain text, because PgBouncer proves the password to Postgres, too."""
    return f'"{USER}" "{password}"\n'


def _pod(args: PgBouncerArgs, secret: pulumi.Input[str]) -> core.v1.PodSpecArgs:
    config = core.v1.SecretVolumeSourceArgs(secret_name=secret)
    return core.v1.PodSpecArgs(
        priority_class_name=DATA_PRIORITY,
        automount_service_account_token=False,
        enable_service_links=False,
        termination_grace_period_seconds=_GRACE_SECONDS,
        security_context=pod_security(UID),
        init_containers=[_await_postgres(args)],
        containers=[_container(args)],
        volumes=[core.v1.VolumeArgs(name="config", secret=config)],
    )


def _await_postgres(args: PgBouncerArgs) -> core.v1.ContainerArgs:
    """Before it listens: clients of a pooler whose own first connection is refused get an error, for a second each.

    In Postgres' image, because not every PgBouncer's has pg_isready; within the amounts of PgBouncer, which runs later.
    """
    return core.v1.ContainerArgs(
        name="await-postgres",
        image=args.images["postgres"],
        command=["/bin/sh", "-c", load("await_postgres.sh")],
        env=await_postgres_environment(USER),
        resources=resources(args.plan.workload.container("pgbouncer")),
        security_context=hardened(),
    )


def _container(args: PgBouncerArgs) -> core.v1.ContainerArgs:
    leave = core.v1.LifecycleHandlerArgs(sleep=core.v1.SleepActionArgs(seconds=_LEAVE_SECONDS))
    return core.v1.ContainerArgs(
        name="pgbouncer",
        image=args.images["pgbouncer"],
        # Not the image's entrypoint, which writes a config of its own from variables.
        command=["pgbouncer", f"{_FOLDER}/pgbouncer.ini"],
        ports=[core.v1.ContainerPortArgs(name="postgres", container_port=PORT)],
        resources=resources(args.plan.workload.container("pgbouncer")),
        security_context=hardened(),
        # It listens; whether Postgres answers is Postgres' own probe.
        readiness_probe=tcp_probe("postgres", period=5),
        liveness_probe=tcp_probe("postgres", period=20),
        lifecycle=core.v1.LifecycleArgs(pre_stop=leave),
        volume_mounts=[mount("config", _FOLDER, read_only=True)],
    )
