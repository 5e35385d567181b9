"""Run the migration's job before the web pods roll."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import batch, core, meta

from infra.components._kubernetes import child_of, hardened, mount, resources
from infra.components.app_environment import AppEnvironment, after_services
from infra.components.app_pod import AppImage, app_pod, tmp
from infra.names import DJANGO_MIGRATE, labels
from infra.sizing.plan import WorkloadPlan


@dataclass(frozen=True, kw_only=True)
class MigrateArgs:
    """Hold the inputs of `Migrate`."""

    plan: WorkloadPlan
    namespace: pulumi.Input[str]
    image: AppImage
    environment: AppEnvironment
    deadline_seconds: int


class Migrate(pulumi.ComponentResource):
    """Run a new Job for a new image or changed variables; a migration that is not needed does nothing."""

    def __init__(self, name: str, args: MigrateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:app:Migrate", name, None, opts)
        digest = hashlib.sha256(args.image.image.encode()).hexdigest()[:8]
        container = core.v1.ContainerArgs(
            name="migrate",
            image=args.image.image,
            command=after_services("python", "manage.py", "migrate", "--noinput"),
            env_from=args.environment.env_from(),
            env=args.environment.past_the_pooler() or None,
            resources=resources(args.plan.container("migrate")),
            security_context=hardened(),
            volume_mounts=[mount("tmp", "/tmp"), args.environment.start_mount()],  # noqa: S108  a mount in the container
        )
        options = child_of(self)
        # Going back to the old image needs the name of the old job, which a failed update has not deleted yet.
        options.delete_before_replace = True
        self.job = batch.v1.Job(
            f"{name}-job",
            metadata=meta.v1.ObjectMetaArgs(
                name=f"{DJANGO_MIGRATE}-{digest}",
                namespace=args.namespace,
                labels=labels(DJANGO_MIGRATE),
                # A job that failed stays failed, so the next update replaces and retries it, whatever the reason was.
                annotations={"pulumi.com/replaceUnready": "true"},
            ),
            spec=batch.v1.JobSpecArgs(
                backoff_limit=2,
                active_deadline_seconds=args.deadline_seconds,
                template=core.v1.PodTemplateSpecArgs(
                    metadata=meta.v1.ObjectMetaArgs(labels=labels(DJANGO_MIGRATE)),
                    spec=app_pod(
                        args.image,
                        container,
                        volumes=[tmp(args.plan.container("migrate")), args.environment.start_volume()],
                        restart_policy="Never",
                    ),
                ),
            ),
            opts=options,
        )
        self.register_outputs({})
