"""Run one pool of Celery workers."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import apps, core, meta

from infra.components._kubernetes import (
    exec_probe,
    hardened,
    metadata,
    resources,
    scalable,
    taking_back,
)
from infra.components.app_environment import AppEnvironment, after_services
from infra.components.app_pod import AppImage, app_pod, celery_volumes, tmp
from infra.names import CELERY_WORKER, labels, selector
from infra.sizing.plan import WorkerPlan

_HEARTBEAT_MINUTES = 4  # longer than a restart of Redis, after which the worker recovers by itself
_ALIVE = ["sh", "-c", f'[ -n "$(find /run/stagecoach/heartbeat -mmin -{_HEARTBEAT_MINUTES})" ]']
_READY = ["test", "-e", "/run/stagecoach/ready"]

# Rounded down, this keeps one of up to a hundred pods at work; a single pod is stopped. If only one pod stopped at a
# time, two larger old pods could keep a new one off a server that has become smaller, and neither would stop (ADR
# 0022).
_ALL_BUT_ONE = "99%"


@dataclass(frozen=True, kw_only=True)
class CeleryWorkerArgs:
    """Hold the inputs of `CeleryWorker`."""

    plan: WorkerPlan
    namespace: pulumi.Input[str]
    image: AppImage
    environment: AppEnvironment
    was_autoscaled: bool = False  # in the last update


class CeleryWorker(pulumi.ComponentResource):
    """Run a Deployment of prefork workers; it rolls without surge and ends softly."""

    deployment_name: pulumi.Output[str]

    def __init__(self, name: str, args: CeleryWorkerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:app:CeleryWorker", name, None, opts)
        workload, replicas = args.plan.workload, args.plan.workload.replicas
        config_map = args.environment.celery_settings(workload.name, args.plan)
        deployment = apps.v1.Deployment(
            f"{name}-deployment",
            metadata=metadata(workload.name, args.namespace, taking_back(replicas, was_autoscaled=args.was_autoscaled)),
            spec=apps.v1.DeploymentSpecArgs(
                replicas=None if replicas.autoscaled else replicas.planned,
                selector=meta.v1.LabelSelectorArgs(match_labels=selector(workload.name)),
                strategy=apps.v1.DeploymentStrategyArgs(
                    type="RollingUpdate",
                    rolling_update=apps.v1.RollingUpdateDeploymentArgs(
                        max_surge=replicas.surge, max_unavailable=_ALL_BUT_ONE
                    ),
                ),
                template=core.v1.PodTemplateSpecArgs(
                    metadata=meta.v1.ObjectMetaArgs(labels=labels(workload.name, CELERY_WORKER)),
                    spec=app_pod(
                        args.image,
                        _container(args),
                        volumes=[tmp(workload.container("worker")), *celery_volumes(config_map)],
                        grace_seconds=args.plan.grace_period,
                        placed=workload,
                    ),
                ),
            ),
            opts=scalable(self, replicas),
        )
        self.deployment_name = deployment.metadata.name
        self.register_outputs({"deployment_name": self.deployment_name})


def worker_command(plan: WorkerPlan) -> list[str]:
    """Return `celery worker` with the pool's queues; the worker's name is POOL@POD."""
    return [
        "celery",
        "-A",
        "stagecoach_celery",
        "worker",
        "--loglevel=INFO",
        f"--concurrency={plan.concurrency}",
        f"--queues={','.join(plan.queues)}",
        f"--hostname={plan.pool}@%h",
    ]


def _container(args: CeleryWorkerArgs) -> core.v1.ContainerArgs:
    return core.v1.ContainerArgs(
        name="worker",
        image=args.image.image,
        command=after_services(*worker_command(args.plan)),
        env_from=args.environment.env_from(),
        env=[
            *args.environment.celery_environment(),
            args.environment.pools_environment(),
            # SIGTERM becomes a soft shutdown: unfinished tasks go back to the queue before the kill.
            core.v1.EnvVarArgs(name="REMAP_SIGTERM", value="SIGQUIT"),
        ],
        resources=resources(args.plan.workload.container("worker")),
        security_context=hardened(),
        # Without a readiness probe: no Service leads here, and after every boot the kubelet waits for a random part of
        # a probe's period before the first one.
        startup_probe=exec_probe(_READY, period=2, failures=90),
        liveness_probe=exec_probe(_ALIVE, period=30, failures=2),
        volume_mounts=args.environment.celery_mounts(),
    )
