"""Run Postgres on the server's volume."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import apps, core, meta

from infra.components._kubernetes import (
    DATA_PRIORITY,
    child_of,
    claim,
    empty_dir,
    exec_probe,
    hardened,
    metadata,
    mount,
    pod_security,
    resources,
    scrape,
    scratch,
    secret_env,
    tcp_probe,
)
from infra.names import POSTGRES, labels, selector
from infra.sizing.plan import PostgresPlan
from pod import FOLDER, load

UID = 999  # the official image's postgres user
PORT, EXPORTER_PORT = 5432, 9187
DATABASE = USER = "app"
# Only Postgres' own start script is a superuser (pod/postgres_start). Everything else has just the rights that it uses.
SUPERUSER, EXPORTER_USER, BACKUP_USER = "postgres", "stagecoach_exporter", "stagecoach_backup"
# A claim's size is written once. local-path neither enforces it nor lets it grow; the volume limits all claims.
_CLAIM_SIZE = "10Gi"
_QUERIES = "/etc/stagecoach-queries"  # in the exporter
_START = "/etc/stagecoach"  # in Postgres
_GRACE_SECONDS = 120  # a fast shutdown writes a checkpoint
_AWAIT_SECONDS = 60  # much longer than network policies take to learn a new pod's address, or Postgres to restart


@dataclass(frozen=True, kw_only=True)
class PostgresArgs:
    """Hold the inputs of `Postgres`."""

    plan: PostgresPlan
    namespace: pulumi.Input[str]
    password: pulumi.Input[str]  # of the app's role
    exporter_password: pulumi.Input[str]
    backup_password: pulumi.Input[str]
    images: Mapping[str, str]


class Postgres(pulumi.ComponentResource):
    """Run one replica, which is never replaced; it restarts if its image, plan, passwords or start files change."""

    secret_name: pulumi.Output[str]

    def __init__(self, name: str, args: PostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:data:Postgres", name, None, opts)
        secret = core.v1.Secret(
            f"{name}-password",
            # The Secret is autonamed: a new password restarts the pod, which then sets it for the role (ADR 0005).
            metadata=meta.v1.ObjectMetaArgs(namespace=args.namespace, labels=labels(POSTGRES)),
            string_data={
                "password": args.password,
                "exporter": args.exporter_password,
                "backup": args.backup_password,
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.secret_name = secret.metadata.name
        service = core.v1.Service(
            f"{name}-service",
            metadata=metadata(POSTGRES, args.namespace, {"pulumi.com/skipAwait": "true"}),
            spec=core.v1.ServiceSpecArgs(
                selector=selector(POSTGRES), ports=[core.v1.ServicePortArgs(name="postgres", port=PORT)]
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._queries_name = self._config_map(f"{name}-queries", args, {"queries.yaml": load("postgres_queries.yaml")})
        self._start_name = self._config_map(f"{name}-start", args, start_files())
        options = child_of(self, protect=True)
        options.ignore_changes = ["spec.volumeClaimTemplates"]
        options.depends_on = [service]
        self.stateful_set = apps.v1.StatefulSet(
            f"{name}-stateful-set",
            metadata=metadata(POSTGRES, args.namespace),
            spec=apps.v1.StatefulSetSpecArgs(
                replicas=1,
                service_name=POSTGRES,
                selector=meta.v1.LabelSelectorArgs(match_labels=selector(POSTGRES)),
                volume_claim_templates=[claim("data", _CLAIM_SIZE)],
                template=core.v1.PodTemplateSpecArgs(
                    metadata=meta.v1.ObjectMetaArgs(labels=labels(POSTGRES), annotations=scrape(EXPORTER_PORT)),
                    spec=self._pod(args),
                ),
            ),
            opts=options,
        )
        self.register_outputs({"secret_name": self.secret_name})

    def _config_map(self, name: str, args: PostgresArgs, data: Mapping[str, str]) -> pulumi.Output[str]:
        """Register an autonamed ConfigMap: a change restarts the pod, which reads it only at its start."""
        made = core.v1.ConfigMap(
            name,
            metadata=meta.v1.ObjectMetaArgs(namespace=args.namespace, labels=labels(POSTGRES)),
            data=data,
            opts=pulumi.ResourceOptions(parent=self),
        )
        found: pulumi.Output[str] = made.metadata.name
        return found

    def _pod(self, args: PostgresArgs) -> core.v1.PodSpecArgs:
        return core.v1.PodSpecArgs(
            priority_class_name=DATA_PRIORITY,
            automount_service_account_token=False,
            termination_grace_period_seconds=_GRACE_SECONDS,
            security_context=pod_security(UID),
            containers=[self._postgres(args), self._exporter(args)],
            volumes=[
                empty_dir("shm", str(args.plan.shm_size), memory=True),
                empty_dir("run", "1Mi"),  # for the socket
                empty_dir("tmp", scratch(args.plan.workload.container("postgres"))),
                *(
                    core.v1.VolumeArgs(name=name, config_map=core.v1.ConfigMapVolumeSourceArgs(name=source))
                    for name, source in (("queries", self._queries_name), ("start", self._start_name))
                ),
            ],
        )

    def _postgres(self, args: PostgresArgs) -> core.v1.ContainerArgs:
        ready = exec_probe(["pg_isready", "-h", "127.0.0.1", "-U", USER, "-d", DATABASE], period=10)
        slow_start = exec_probe(["pg_isready", "-h", "127.0.0.1", "-U", USER, "-d", DATABASE], period=2, failures=300)
        return core.v1.ContainerArgs(
            name="postgres",
            image=args.images["postgres"],
            args=[*server_arguments(args.plan), "-c", f"hba_file={_START}/pg_hba.conf"],
            ports=[core.v1.ContainerPortArgs(name="postgres", container_port=PORT)],
            env=[
                core.v1.EnvVarArgs(name="POSTGRES_DB", value=DATABASE),
                core.v1.EnvVarArgs(name="POSTGRES_USER", value=SUPERUSER),
                core.v1.EnvVarArgs(name="POSTGRES_INITDB_ARGS", value="--data-checksums"),
                core.v1.EnvVarArgs(name="PGDATA", value="/var/lib/postgresql/data/pgdata"),
                # The image makes no cluster without a password. start.sh takes it away from the superuser and sets it
                # for the app.
                secret_env("POSTGRES_PASSWORD", self.secret_name, "password"),
                secret_env("APP_PASSWORD", self.secret_name, "password"),
                secret_env("EXPORTER_PASSWORD", self.secret_name, "exporter"),
                secret_env("BACKUP_PASSWORD", self.secret_name, "backup"),
            ],
            resources=resources(args.plan.workload.container("postgres")),
            security_context=hardened(),
            lifecycle=core.v1.LifecycleArgs(
                post_start=core.v1.LifecycleHandlerArgs(
                    exec_=core.v1.ExecActionArgs(command=["sh", f"{_START}/start.sh"]),
                ),
            ),
            startup_probe=slow_start,
            readiness_probe=ready,
            # Without a liveness probe: a database under load that misses probes must not be killed.
            volume_mounts=[
                mount("data", "/var/lib/postgresql/data"),
                mount("shm", "/dev/shm"),  # noqa: S108  a mount in the container
                mount("run", "/var/run/postgresql"),
                mount("tmp", "/tmp"),  # noqa: S108  as above
                mount("start", _START, read_only=True),
            ],
        )

    def _exporter(self, args: PostgresArgs) -> core.v1.ContainerArgs:
        return core.v1.ContainerArgs(
            name="exporter",
            image=args.images["postgres_exporter"],
            ports=[core.v1.ContainerPortArgs(name="metrics", container_port=EXPORTER_PORT)],
            env=[
                core.v1.EnvVarArgs(name="DATA_SOURCE_URI", value=f"127.0.0.1:{PORT}/{DATABASE}?sslmode=disable"),
                core.v1.EnvVarArgs(name="DATA_SOURCE_USER", value=EXPORTER_USER),
                secret_env("DATA_SOURCE_PASS", self.secret_name, "exporter"),
                core.v1.EnvVarArgs(name="PG_EXPORTER_EXTEND_QUERY_PATH", value=f"{_QUERIES}/queries.yaml"),
            ],
            resources=resources(args.plan.workload.container("exporter")),
            security_context=hardened(),
            volume_mounts=[mount("queries", _QUERIES, read_only=True)],
            # Without a readiness probe: an exporter that is not ready would take the database out of its Service.
            liveness_probe=tcp_probe("metrics", period=30),
        )


def start_files() -> dict[str, str]:
    """Return the files that Postgres reads at its start: pg_hba.conf, and the script that sets roles and rights."""
    return {path.name: path.read_text() for path in sorted((FOLDER / "postgres_start").iterdir())}


def await_postgres_environment(user: str) -> list[core.v1.EnvVarArgs]:
    """Return the variables of pod/await_postgres.sh: libpq's, without the password, and the time in seconds."""
    values = {"PGHOST": POSTGRES, "PGUSER": user, "PGDATABASE": DATABASE, "AWAIT_SECONDS": str(_AWAIT_SECONDS)}
    return [core.v1.EnvVarArgs(name=key, value=value) for key, value in values.items()]


def server_arguments(plan: PostgresPlan) -> list[str]:
    """Return the plan's settings as command-line options of the server."""
    return [word for key, value in plan.settings for word in ("-c", f"{key}={value}")]
