"""Run PgBouncer between app and Postgres, if the plan's connection budget needs it."""

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

UID = 10002  # a number of its own above the host's users; the program needs no name for it
PORT = POSTGRES_PORT  # only the host in the app's URL changes
_FOLDER = "/config"
_LEAVE_SECONDS = 5  # until no node sends new connections to a pod that ends
# On SIGTERM, PgBouncer (1.23 or newer) waits until its clients have left: Django's persistent connections, at most 60 s
# old in the example shop, and those that tasks hold.
_GRACE_SECONDS = 120


@dataclass(frozen=True, kw_only=True)
class PgBouncerArgs:
    """Hold the inputs of `PgBouncer`."""

    plan: PgBouncerPlan
    namespace: pulumi.Input[str]
    password: pulumi.Input[str]
    images: Mapping[str, str]


class PgBouncer(pulumi.ComponentResource):
    """Pool transactions; config and password are in one autonamed Secret, so that a change restarts it."""

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
    """Return pgbouncer.ini.

    It has Postgres' full host name, because not every resolver that PgBouncer is built with uses a search list.
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
        # A restarting Postgres is asked again after 1 second instead of 15.
        "server_login_retry = 1",
        "ignore_startup_parameters = extra_float_digits",
        # Each probe is a connection.
        "log_connections = 0",
        "log_disconnections = 0",
    ]
    return "\n".join(lines) + "\n"


def render_users(password: str) -> str:
    """Return userlist.txt, in plain text because PgBouncer must prove the password to Postgres."""
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
    """Return a container that waits for Postgres before PgBouncer listens.

    If PgBouncer's own first connection is refused, its clients get an error for a second each. The container uses
    Postgres' image, because not every image of PgBouncer has pg_isready. It needs no more than PgBouncer, which runs
    after it.
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
        # The image's entrypoint would write a config of its own from variables.
        command=["pgbouncer", f"{_FOLDER}/pgbouncer.ini"],
        ports=[core.v1.ContainerPortArgs(name="postgres", container_port=PORT)],
        resources=resources(args.plan.workload.container("pgbouncer")),
        security_context=hardened(),
        # The probe only checks that it listens. Postgres has a probe of its own.
        readiness_probe=tcp_probe("postgres", period=5),
        liveness_probe=tcp_probe("postgres", period=20),
        lifecycle=core.v1.LifecycleArgs(pre_stop=leave),
        volume_mounts=[mount("config", _FOLDER, read_only=True)],
    )
