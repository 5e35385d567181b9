"""Short forms for building workload plans."""

from __future__ import annotations

from infra.names import APP_NAMESPACE, SERVER_ROLE
from infra.sizing.number import Number, described, fixed
from infra.sizing.plan import Amounts, ContainerPlan, Limits, ReplicasPlan, WorkloadPlan
from infra.sizing.reason import counted, reason

NO_CPU_LIMIT = "ADR 0002: what others leave idle may be used"
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
    limits = Limits(cpu=cpu_limit.cpu if cpu_limit else None, memory=most.memory)
    return ContainerPlan(
        name=name,
        requests=requests,
        limits=limits,
        reasons=(
            reason("requests.cpu", requests.cpu, asked, source),
            reason("requests.memory", requests.memory, kept, source),
            reason("limits.cpu", limits.cpu, cpu_limit or _NONE, source if cpu_limit else NO_CPU_LIMIT),
            reason("limits.memory", limits.memory, most, source),
        ),
    )


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
