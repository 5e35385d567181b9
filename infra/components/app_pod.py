"""Build the hardened pod that web, worker, beat, exporter and migration share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import core

from infra.components._kubernetes import (
    APP_PRIORITY,
    POOL_PRIORITY,
    WORKER_PRIORITY,
    empty_dir,
    node_selector,
    pod_security,
    scratch,
    tolerations,
)
from infra.components.app_environment import UID
from infra.names import CELERY_WORKER
from infra.sizing.plan import ContainerPlan, WorkloadPlan


@dataclass(frozen=True, kw_only=True)
class AppImage:
    """Hold the app's image and, for a private registry, the Secret to pull it with."""

    image: str
    pull_secret: pulumi.Input[str] | None = None


def app_pod(
    image: AppImage,
    container: core.v1.ContainerArgs,
    *,
    volumes: Sequence[core.v1.VolumeArgs],
    grace_seconds: int = 30,
    restart_policy: str = "Always",
    placed: WorkloadPlan | None = None,
) -> core.v1.PodSpecArgs:
    """Build a pod with one container under the app's user.

    Args:
        image: the app's image.
        container: the only container.
        volumes: its volumes; one of them must be `tmp`.
        grace_seconds: time between SIGTERM and SIGKILL.
        restart_policy: Kubernetes' own word.
        placed: a worker's plan. It says which servers it runs on; on a full node, the worker is evicted before other
            pods. None for other pods.
    """
    # A container that fails leaves its last lines in the pod's status, so that the update that waits for it can print
    # them.
    container.termination_message_policy = "FallbackToLogsOnError"
    pull = [core.v1.LocalObjectReferenceArgs(name=image.pull_secret)] if image.pull_secret is not None else None
    return core.v1.PodSpecArgs(
        priority_class_name=_priority(placed),
        automount_service_account_token=False,
        enable_service_links=False,
        restart_policy=restart_policy,
        termination_grace_period_seconds=grace_seconds,
        security_context=pod_security(UID),
        image_pull_secrets=pull,
        node_selector=node_selector(placed) if placed else None,
        tolerations=tolerations(placed) if placed else None,
        containers=[container],
        volumes=list(volumes),
    )


def tmp(plan: ContainerPlan) -> core.v1.VolumeArgs:
    """Return the volume for an app container's /tmp, as large as the plan says."""
    return empty_dir("tmp", scratch(plan))


def _priority(worker: WorkloadPlan | None) -> str:
    if worker is None:
        return APP_PRIORITY
    return WORKER_PRIORITY if worker.name == CELERY_WORKER else POOL_PRIORITY


def celery_volumes(config_map: pulumi.Input[str]) -> list[core.v1.VolumeArgs]:
    """Return the module with its settings, and a folder for the probes' files."""
    source = core.v1.ConfigMapVolumeSourceArgs(name=config_map)
    return [core.v1.VolumeArgs(name="stagecoach", config_map=source), empty_dir("state", "1Mi", memory=True)]
