"""Short forms for building workload plans."""

from __future__ import annotations

from dataclasses import replace

from infra.names import APP_NAMESPACE, SERVER_ROLE
from infra.sizing.number import Number, described, fixed
from infra.sizing.plan import Amounts, ContainerPlan, Disk, Limits, ReplicasPlan, WorkloadPlan
from infra.sizing.reason import Reasons, counted, reason

NO_CPU_LIMIT = "ADR 0002: what others leave idle may be used"
# Of the root disk, in MiB. The kubelet keeps five files of 10 MiB for each container's log, and looks every ten seconds
# whether the newest is full: the limit leaves room for what a container writes meanwhile.
_LOGS, _MOST_LOGS = 64, 256
DISK = "disk"  # the API's `ephemeral-storage`; short, so that the table of a workload fits 120 columns
_DISK = "logs, which the kubelet turns over at 5 x 10 MiB, and the folders that live as long as the pod"
_SCRATCH = "the size limit of its folders without a volume, above which the kubelet evicts the pod"
_NONE = described(0, "", "none")
_ONE_OF_IT = "it scales by its server, not by its number of pods"
_RUNS_ONCE = "a job: one pod when it is due, and the plan has room for it beside everything else"


def fixed_replicas(*, planned: int, surge: int, source: str) -> ReplicasPlan:
    """A workload that no autoscaler scales."""
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
    """A container from millicores and MiB, each with how it was computed; `source` says why these."""
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
    """The same with folders that live as long as the pod and may hold so many MiB."""
    disk, on_disk = _disk(Number(scratch, "Mi") if isinstance(scratch, int) else scratch)
    others = (reason for reason in one.reasons if not reason.field.endswith(DISK))
    return replace(one, disk=disk, reasons=(*others, *on_disk))


def without_disk(one: ContainerPlan) -> ContainerPlan:
    """The same where the manifest is not the stack's, and names no share of the disk."""
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
    """A workload in the app's namespace on the server, unless said otherwise."""
    return WorkloadPlan(
        name=name, kind=kind, namespace=namespace, node_role=node_role, replicas=replicas, containers=containers
    )
