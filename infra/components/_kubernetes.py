"""Build the parts that all pods have in common: resources from the plan, a hardened container, constant names."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_kubernetes import core, meta

from infra.names import CELERY_ROLE, PATCH_FORCE, ROLE_LABEL, labels
from infra.sizing.plan import ContainerPlan, ReplicasPlan, WorkloadPlan

# Space on the server's root disk, for logs and folders that live as long as a pod
EPHEMERAL_STORAGE = "ephemeral-storage"
DATA_PRIORITY = "stagecoach-data"
APP_PRIORITY = "stagecoach-app"
WORKER_PRIORITY = "stagecoach-worker"
POOL_PRIORITY = "stagecoach-pool"  # for all pools of workers but the first


def child_of(component: pulumi.ComponentResource, *, protect: bool | None = None) -> pulumi.ResourceOptions:
    """Return the options of a component's workload."""
    return pulumi.ResourceOptions(parent=component, protect=protect)


def scalable(component: pulumi.ComponentResource, replicas: ReplicasPlan) -> pulumi.ResourceOptions:
    """Return the options of a Deployment whose replica count an autoscaler may own.

    Once a program has set the count, leaving it out would set it to 1 until the autoscaler looks again. So Pulumi
    ignores it, and it stays as it is until the autoscaler changes it (ADR 0023).
    """
    options = child_of(component)
    if replicas.autoscaled:
        options.ignore_changes = ["spec.replicas"]
    return options


def taking_back(replicas: ReplicasPlan, *, was_autoscaled: bool) -> dict[str, str] | None:
    """Return annotations that let the program set a replica count that an autoscaler has owned.

    Without force, the API server refuses the count, even in a preview (ADR 0023).
    """
    return {PATCH_FORCE: "true"} if was_autoscaled and not replicas.autoscaled else None


def metadata(
    name: str, namespace: pulumi.Input[str] | None, annotations: Mapping[str, str] | None = None
) -> meta.v1.ObjectMetaArgs:
    """Return metadata with a constant name and the standard labels."""
    return meta.v1.ObjectMetaArgs(
        name=name, namespace=namespace, labels=labels(name), annotations=dict(annotations) if annotations else None
    )


def resources(container: ContainerPlan) -> core.v1.ResourceRequirementsArgs:
    """Return the plan's requests and limits as Kubernetes quantities."""
    limits = {"cpu": container.limits.cpu, "memory": container.limits.memory}
    disk = container.disk
    return core.v1.ResourceRequirementsArgs(
        requests={
            "cpu": str(container.requests.cpu),
            "memory": str(container.requests.memory),
            **({EPHEMERAL_STORAGE: str(disk.request)} if disk else {}),
        },
        limits={
            **{key: str(value) for key, value in limits.items() if value is not None},
            **({EPHEMERAL_STORAGE: str(disk.limit)} if disk else {}),
        },
    )


def hardened(*, read_only: bool = True) -> core.v1.SecurityContextArgs:
    """Return a security context without privileges and capabilities.

    Args:
        read_only: whether the root file system is read-only; False for images that write to it.
    """
    return core.v1.SecurityContextArgs(
        allow_privilege_escalation=False,
        read_only_root_filesystem=read_only,
        run_as_non_root=True,
        capabilities=core.v1.CapabilitiesArgs(drop=["ALL"]),
        seccomp_profile=core.v1.SeccompProfileArgs(type="RuntimeDefault"),
    )


def pod_security(uid: int, gid: int | None = None) -> core.v1.PodSecurityContextArgs:
    """Return a pod's security context with a numeric user, which `runAsNonRoot` needs to check it."""
    group = uid if gid is None else gid
    return core.v1.PodSecurityContextArgs(
        run_as_user=uid,
        run_as_group=group,
        fs_group=group,
        fs_group_change_policy="OnRootMismatch",
        run_as_non_root=True,
        seccomp_profile=core.v1.SeccompProfileArgs(type="RuntimeDefault"),
    )


def scratch(container: ContainerPlan) -> str:
    """Return the size limit of a container's folder without a volume, from the plan.

    Raises:
        ValueError: the plan gives the container no share of the disk.
    """
    if container.disk is None:
        raise ValueError(f"{container.name} has no share of the disk")
    return str(container.disk.scratch)


def empty_dir(name: str, size: str, *, memory: bool = False) -> core.v1.VolumeArgs:
    """Return a folder that lives as long as its pod.

    If it grows beyond its size, the kubelet evicts the pod before the server's disk is full.

    Args:
        name: the volume's name in the pod.
        size: a Kubernetes quantity, such as 64Mi.
        memory: True keeps the folder in memory, which counts against the container's limit.
    """
    source = core.v1.EmptyDirVolumeSourceArgs(medium="Memory" if memory else None, size_limit=size)
    return core.v1.VolumeArgs(name=name, empty_dir=source)


def mount(name: str, path: str, *, read_only: bool | None = None) -> core.v1.VolumeMountArgs:
    """Mount one of the pod's volumes at a path."""
    return core.v1.VolumeMountArgs(name=name, mount_path=path, read_only=read_only)


def node_selector(workload: WorkloadPlan) -> dict[str, str] | None:
    """Send workers to the Celery servers if the plan has any; the label is k3s's node label."""
    return {ROLE_LABEL: CELERY_ROLE} if workload.node_role == CELERY_ROLE else None


def celery_toleration() -> core.v1.TolerationArgs:
    """Tolerate the taint of the Celery servers, which lets only workers and node-exporter run there."""
    return core.v1.TolerationArgs(key=ROLE_LABEL, operator="Equal", value=CELERY_ROLE, effect="NoSchedule")


def tolerations(workload: WorkloadPlan) -> list[core.v1.TolerationArgs] | None:
    """Return tolerations for the pods that `node_selector` sends to the Celery servers; others get none."""
    return [celery_toleration()] if workload.node_role == CELERY_ROLE else None


def scrape(port: int, path: str = "/metrics") -> dict[str, str]:
    """Return the pod annotations that Prometheus looks for."""
    return {"prometheus.io/scrape": "true", "prometheus.io/port": str(port), "prometheus.io/path": path}


def exec_probe(command: list[str], *, period: int, failures: int = 3, timeout: int = 5) -> core.v1.ProbeArgs:
    """Return a probe that runs a command in the container.

    Args:
        command: it succeeds with exit code 0.
        period: seconds between two probes.
        failures: failed probes in a row until the kubelet acts.
        timeout: seconds that one probe may take.
    """
    return core.v1.ProbeArgs(
        exec_=core.v1.ExecActionArgs(command=command),
        period_seconds=period,
        timeout_seconds=timeout,
        failure_threshold=failures,
    )


def tcp_probe(port: str, *, period: int, failures: int = 3, timeout: int = 5) -> core.v1.ProbeArgs:
    """Return a probe that connects to a port, for programs without a web page.

    The kernel accepts connections for a process that hangs, so this probe only finds a process that does not listen.

    Args:
        port: the port's name.
        period: seconds between two probes.
        failures: failed probes in a row until the kubelet acts.
        timeout: seconds that one probe may take.
    """
    return core.v1.ProbeArgs(
        tcp_socket=core.v1.TCPSocketActionArgs(port=port),
        period_seconds=period,
        timeout_seconds=timeout,
        failure_threshold=failures,
    )


def secret_env(name: str, secret: pulumi.Input[str], key: str) -> core.v1.EnvVarArgs:
    """Read an environment variable from a key of a Secret."""
    reference = core.v1.SecretKeySelectorArgs(name=secret, key=key)
    return core.v1.EnvVarArgs(name=name, value_from=core.v1.EnvVarSourceArgs(secret_key_ref=reference))


def claim(name: str, size: str) -> core.v1.PersistentVolumeClaimArgs:
    """Return a volume claim template; it must never depend on the stage, because a change replaces its StatefulSet."""
    return core.v1.PersistentVolumeClaimArgs(
        api_version="v1",
        kind="PersistentVolumeClaim",
        metadata=meta.v1.ObjectMetaArgs(name=name),
        spec=core.v1.PersistentVolumeClaimSpecArgs(
            access_modes=["ReadWriteOnce"],
            storage_class_name="local-path",
            resources=core.v1.VolumeResourceRequirementsArgs(requests={"storage": size}),
        ),
    )
