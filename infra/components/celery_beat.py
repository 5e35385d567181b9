"""Run Celery's scheduler, exactly once."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import apps, core, meta

from infra.components._kubernetes import child_of, exec_probe, hardened, metadata, resources
from infra.components.app_environment import AppEnvironment, after_services
from infra.components.app_pod import AppImage, app_pod, celery_volumes, tmp
from infra.names import CELERY_BEAT, labels, selector
from infra.sizing.plan import WorkerPlan, WorkloadPlan

# Beat wakes up at least every five minutes (its default max loop interval).
_ALIVE = ["sh", "-c", '[ -n "$(find /run/stagecoach/beat -mmin -12)" ]']


@dataclass(frozen=True, kw_only=True)
class CeleryBeatArgs:
    """Hold the inputs of `CeleryBeat`; `worker` is the default pool, whose settings beat shares."""

    plan: WorkloadPlan
    worker: WorkerPlan
    namespace: pulumi.Input[str]
    image: AppImage
    environment: AppEnvironment


class CeleryBeat(pulumi.ComponentResource):
    """Run one replica with `Recreate`; a lock in the broker prevents two if a node is lost."""

    def __init__(self, name: str, args: CeleryBeatArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:app:CeleryBeat", name, None, opts)
        config_map = args.environment.celery_settings(CELERY_BEAT, args.worker)
        container = core.v1.ContainerArgs(
            name="beat",
            image=args.image.image,
            command=after_services(
                "celery",
                "-A",
                "stagecoach_celery",
                "beat",
                "--loglevel=INFO",
                "--schedule=/tmp/celerybeat-schedule",
                "--pidfile=",
            ),
            env_from=args.environment.env_from(),
            env=args.environment.celery_environment(),
            resources=resources(args.plan.container("beat")),
            security_context=hardened(),
            startup_probe=exec_probe(["test", "-e", "/run/stagecoach/beat"], period=2, failures=90),
            liveness_probe=exec_probe(_ALIVE, period=60, failures=2),
            volume_mounts=args.environment.celery_mounts(),
        )
        apps.v1.Deployment(
            f"{name}-deployment",
            metadata=metadata(CELERY_BEAT, args.namespace),
            spec=apps.v1.DeploymentSpecArgs(
                replicas=1,
                selector=meta.v1.LabelSelectorArgs(match_labels=selector(CELERY_BEAT)),
                strategy=apps.v1.DeploymentStrategyArgs(type="Recreate"),
                template=core.v1.PodTemplateSpecArgs(
                    metadata=meta.v1.ObjectMetaArgs(labels=labels(CELERY_BEAT)),
                    spec=app_pod(
                        args.image, container, volumes=[tmp(args.plan.container("beat")), *celery_volumes(config_map)]
                    ),
                ),
            ),
            opts=child_of(self),
        )
        self.register_outputs({})
