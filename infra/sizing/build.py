"""Build workload plans from short arguments."""

from __future__ import annotations

from dataclasses import replace

from infra.names import APP_NAMESPACE, SERVER_ROLE
from infra.sizing.number import Number, described, fixed
from infra.sizing.plan import Amounts, ContainerPlan, Disk, Limits, ReplicasPlan, WorkloadPlan
from infra.sizing.reason import Reasons, counted, reason

NO_CPU_LIMIT = "ADR 0002: what others leave idle may be used"
# Shares of the root disk in MiB. The kubelet keeps five log files of 10 MiB for each container and checks every ten
# seconds whether the newest is full. The limit leaves room for a container's writes in the meantime.
_LOGS, _MOST_LOGS = 64, 256
DISK = "disk"  # stands for the API's `ephemeral-storage`: a workload's table must fit into 120 columns
_DISK = "logs, which the kubelet turns over at 5 x 10 MiB, and the folders that live as long as the pod"
_SCRATCH = "the size limit of its folders without a volume, above which the kubelet evicts the pod"
_NONE = described(0, "", "none")
_ONE_OF_IT = "it scales by its server, not by its number of pods"
_RUNS_ONCE = "a job: one pod when it is due, and the plan has room for it beside everything else"


def fixed_replicas(*, planned: int, surge: int, source: str) -> ReplicasPlan:
    """Return the replicas of a workload that no autoscaler scales.

    Args:
        planned: The number of pods.
        surge: Extra pods during a rollout.
        source: Why the workload has this many.
    """
    count = fixed(planned)
    reasons = counted(source, min=count, planned=count, max=count, surge=fixed(surge))
    return ReplicasPlan(min=planned, planned=planned, max=planned, surge=surge, reasons=reasons)


ONE = fixed_replicas(planned=1, surge=0, source=_ONE_OF_IT)
JOB = fixed_replicas(planned=0, surge=1, source=_RUNS_ONCE)


def container(
    name: str,
    cpu: Number | int,
    memory: Number | int,
    limit: Number | int,
    source: str = "",
    *,
    cpu_limit: Number | None = None,
) -> ContainerPlan:
    """Plan a container from CPU and memory, each with its computation.

    Args:
        name: The container's name.
        cpu: Requested CPU in millicores.
        memory: Requested memory in MiB.
        limit: Memory limit in MiB.
        source: Where these amounts come from.
        cpu_limit: CPU limit in millicores; None for no limit (ADR 0002).
    """
    asked = Number(cpu, "m") if isinstance(cpu, int) else cpu
    kept, most = (Number(one, "Mi") if isinstance(one, int) else one for one in (memory, limit))
    requests = Amounts(cpu=asked.cpu, memory=kept.memory)
    disk, on_disk = _disk(fixed(0, "Mi"))
    limits = Limits(cpu=cpu_limit.cpu if cpu_limit else None, memory=most.memory)
    return ContainerPlan(
        name=name,
        requests=requests,
        limits=limits,
        disk=disk,
        reasons=(
            reason("requests.cpu", requests.cpu, asked, source),
            reason("requests.memory", requests.memory, kept, source),
            reason("limits.cpu", limits.cpu, cpu_limit or _NONE, source if cpu_limit else NO_CPU_LIMIT),
            reason("limits.memory", limits.memory, most, source),
            *on_disk,
        ),
    )


def with_scratch(one: ContainerPlan, scratch: Number | int) -> ContainerPlan:
    """Return the container with a size limit for its folders without a volume.

    Args:
        one: The container.
        scratch: The limit in MiB.
    """
    disk, on_disk = _disk(Number(scratch, "Mi") if isinstance(scratch, int) else scratch)
    others = (reason for reason in one.reasons if not reason.field.endswith(DISK))
    return replace(one, disk=disk, reasons=(*others, *on_disk))


def without_disk(one: ContainerPlan) -> ContainerPlan:
    """Return the container without a share of the disk, for a manifest that k3s writes and that requests none.

    Args:
        one: The container.
    """
    return replace(one, disk=None, reasons=tuple(reason for reason in one.reasons if not reason.field.endswith(DISK)))


def _disk(scratch: Number) -> tuple[Disk, Reasons]:
    held = fixed(_LOGS, "Mi")
    full = scratch + fixed(_MOST_LOGS, "Mi") if scratch.value else fixed(_MOST_LOGS, "Mi")
    reasons = (
        reason(f"requests.{DISK}", held.memory, held, _DISK),
        reason(f"limits.{DISK}", full.memory, full, _DISK),
        reason(f"scratch.{DISK}", scratch.memory, scratch, _SCRATCH),
    )
    return Disk(request=held.memory, limit=full.memory, scratch=scratch.memory), reasons


def workload(
    name: str,
    kind: str,
    *containers: ContainerPlan,
    replicas: ReplicasPlan = ONE,
    namespace: str = APP_NAMESPACE,
    node_role: str = SERVER_ROLE,
) -> WorkloadPlan:
    """Plan a workload, by default in the app's namespace and on the server.

    Args:
        name: The workload's name.
        kind: Its Kubernetes kind.
        containers: The containers of one pod.
        replicas: How many pods run.
        namespace: The namespace.
        node_role: The role of the nodes on which the pods run.
    """
    return WorkloadPlan(
        name=name, kind=kind, namespace=namespace, node_role=node_role, replicas=replicas, containers=containers
    )
