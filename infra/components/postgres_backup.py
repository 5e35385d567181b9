"""Dump the database every night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import batch, core, meta

from infra.components._kubernetes import (
    DATA_PRIORITY,
    empty_dir,
    hardened,
    metadata,
    mount,
    pod_security,
    resources,
    scratch,
    secret_env,
)
from infra.components.postgres import BACKUP_USER, await_postgres_environment
from infra.names import POSTGRES_BACKUP, labels
from infra.sizing.plan import PostgresPlan
from pod import load

_SCHEDULE = "30 3 * * *"  # UTC; not at 02:00, when the shop of the tier guide runs its reports
_DEADLINE_SECONDS = 3600
_FOLDER = "/backups"
# This is neither the database's user, whose files the job must not read, nor its group: dumps must not use up the
# volume's reserve (data_volume.sh). Everybody may write to the folder (local-path), so retention also removes dumps of
# former users.
UID = 10003


@dataclass(frozen=True, kw_only=True)
class PostgresBackupArgs:
    """Hold the inputs of `PostgresBackup`."""

    plan: PostgresPlan
    namespace: pulumi.Input[str]
    secret_name: pulumi.Input[str]
    images: Mapping[str, str]


class PostgresBackup(pulumi.ComponentResource):
    """Run `pg_dump -Fc` to a claim on the data volume, and delete old dumps."""

    def __init__(self, name: str, args: PostgresBackupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:data:PostgresBackup", name, None, opts)
        claim = core.v1.PersistentVolumeClaim(
            f"{name}-claim",
            # Pulumi must not wait for this claim: only its first pod binds it. A claim that a killed update has left
            # may be bound already.
            metadata=metadata(POSTGRES_BACKUP, args.namespace, {"pulumi.com/skipAwait": "true"}),
            spec=core.v1.PersistentVolumeClaimSpecArgs(
                access_modes=["ReadWriteOnce"],
                storage_class_name="local-path",
                resources=core.v1.VolumeResourceRequirementsArgs(requests={"storage": "10Gi"}),
            ),
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        script = core.v1.ConfigMap(
            f"{name}-script",
            metadata=meta.v1.ObjectMetaArgs(namespace=args.namespace, labels=labels(POSTGRES_BACKUP)),
            data={name: load(name) for name in ("backup.sh", "await_postgres.sh")},
            opts=pulumi.ResourceOptions(parent=self),
        )
        template = core.v1.PodTemplateSpecArgs(
            metadata=meta.v1.ObjectMetaArgs(labels=labels(POSTGRES_BACKUP)),
            spec=_pod(args, claim.metadata.name, script.metadata.name),
        )
        job = batch.v1.JobSpecArgs(active_deadline_seconds=_DEADLINE_SECONDS, backoff_limit=2, template=template)
        batch.v1.CronJob(
            f"{name}-cron-job",
            metadata=metadata(POSTGRES_BACKUP, args.namespace),
            spec=batch.v1.CronJobSpecArgs(
                schedule=_SCHEDULE,
                time_zone="Etc/UTC",
                concurrency_policy="Forbid",
                starting_deadline_seconds=_DEADLINE_SECONDS,
                successful_jobs_history_limit=1,
                failed_jobs_history_limit=3,
                job_template=batch.v1.JobTemplateSpecArgs(spec=job),
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def _pod(args: PostgresBackupArgs, claim: pulumi.Input[str], script: pulumi.Input[str]) -> core.v1.PodSpecArgs:
    container = core.v1.ContainerArgs(
        name="backup",
        image=args.images["postgres"],
        command=["/bin/sh", "/scripts/backup.sh"],
        env=[
            *await_postgres_environment(BACKUP_USER),
            core.v1.EnvVarArgs(name="BACKUP_FOLDER", value=_FOLDER),
            core.v1.EnvVarArgs(name="RETENTION_DAYS", value=str(args.plan.backup_retention_days)),
            secret_env("PGPASSWORD", args.secret_name, "backup"),
        ],
        resources=resources(args.plan.backup.container("backup")),
        security_context=hardened(),
        volume_mounts=[mount("backups", _FOLDER), mount("scripts", "/scripts", read_only=True), mount("tmp", "/tmp")],  # noqa: S108  a mount in the container
    )
    source = core.v1.PersistentVolumeClaimVolumeSourceArgs(claim_name=claim)
    return core.v1.PodSpecArgs(
        restart_policy="Never",
        priority_class_name=DATA_PRIORITY,
        automount_service_account_token=False,
        security_context=pod_security(UID),
        containers=[container],
        volumes=[
            core.v1.VolumeArgs(name="backups", persistent_volume_claim=source),
            core.v1.VolumeArgs(name="scripts", config_map=core.v1.ConfigMapVolumeSourceArgs(name=script)),
            empty_dir("tmp", scratch(args.plan.backup.container("backup"))),
        ],
    )
