"""Export metrics of queues, tasks and backups, with one file of ours in the app's own image."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import apps, core, meta

from infra.components._kubernetes import child_of, hardened, metadata, mount, resources, scrape
from infra.components.app_environment import MODULE_PATH, AppEnvironment, after_services
from infra.components.app_pod import AppImage, app_pod, celery_volumes, tmp
from infra.names import POSTGRES_BACKUP, QUEUE_EXPORTER, labels, selector
from infra.sizing.plan import WorkerPlan, WorkloadPlan

PORT = 9808  # celery-exporter's port
_BACKUPS = "/backups"


@dataclass(frozen=True, kw_only=True)
class QueueExporterArgs:
    """Hold the inputs of `QueueExporter`; queues without a worker are exported as well."""

    plan: WorkloadPlan
    workers: tuple[WorkerPlan, ...]
    namespace: pulumi.Input[str]
    image: AppImage
    environment: AppEnvironment


class QueueExporter(pulumi.ComponentResource):
    """Run one replica: it counts events, and two replicas would count them twice."""

    def __init__(self, name: str, args: QueueExporterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:app:QueueExporter", name, None, opts)
        config_map = args.environment.celery_settings(QUEUE_EXPORTER, args.workers[0])
        container = core.v1.ContainerArgs(
            name="queue-exporter",
            image=args.image.image,
            command=after_services("python", f"{MODULE_PATH}/queue_exporter.py"),
            ports=[core.v1.ContainerPortArgs(name="metrics", container_port=PORT)],
            env_from=args.environment.env_from(),
            env=[
                *args.environment.celery_environment(),
                *(core.v1.EnvVarArgs(name=key, value=value) for key, value in exporter_variables(args.workers).items()),
            ],
            resources=resources(args.plan.container("queue-exporter")),
            security_context=hardened(),
            # Without a readiness probe: nothing needs it, and an update would wait up to half a minute for it.
            startup_probe=_probe(period=2, failures=60),
            liveness_probe=_probe(period=30, failures=4),
            volume_mounts=[*args.environment.celery_mounts(), mount("backups", _BACKUPS, read_only=True)],
        )
        # The whole volume is read-only, so that the kubelet does not take the folder's group from the backup job.
        claim = core.v1.PersistentVolumeClaimVolumeSourceArgs(claim_name=POSTGRES_BACKUP, read_only=True)
        backups = core.v1.VolumeArgs(name="backups", persistent_volume_claim=claim)
        apps.v1.Deployment(
            f"{name}-deployment",
            metadata=metadata(QUEUE_EXPORTER, args.namespace),
            spec=apps.v1.DeploymentSpecArgs(
                replicas=1,
                selector=meta.v1.LabelSelectorArgs(match_labels=selector(QUEUE_EXPORTER)),
                strategy=apps.v1.DeploymentStrategyArgs(type="Recreate"),
                template=core.v1.PodTemplateSpecArgs(
                    metadata=meta.v1.ObjectMetaArgs(labels=labels(QUEUE_EXPORTER), annotations=scrape(PORT)),
                    spec=app_pod(
                        args.image,
                        container,
                        volumes=[tmp(args.plan.container("queue-exporter")), *celery_volumes(config_map), backups],
                    ),
                ),
            ),
            opts=child_of(self),
        )
        self.register_outputs({})


def _probe(*, period: int, failures: int) -> core.v1.ProbeArgs:
    """Probe the exporter's page; the period is in seconds."""
    get = core.v1.HTTPGetActionArgs(path="/healthz", port="metrics")
    return core.v1.ProbeArgs(http_get=get, period_seconds=period, timeout_seconds=5, failure_threshold=failures)


def exporter_variables(workers: tuple[WorkerPlan, ...]) -> dict[str, str]:
    """Return the exporter's variables: port, pools with their queues, last bucket in seconds, folder of the dumps."""
    pools = {one.pool: {"queues": one.queues, "concurrency": one.concurrency} for one in workers}
    return {
        "EXPORTER_BACKUPS": _BACKUPS,
        "EXPORTER_PORT": str(PORT),
        "EXPORTER_POOLS": json.dumps(pools, sort_keys=True),
        "EXPORTER_TIME_LIMIT": str(max(one.time_limit for one in workers)),
    }
