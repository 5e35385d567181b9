"""Short forms for building workload plans."""

from __future__ import annotations

from infra.names import APP_NAMESPACE, SERVER_ROLE
from infra.sizing.plan import Amounts, ContainerPlan, Limits, ReplicasPlan, WorkloadPlan
from infra.units import Cpu, Memory

ONE = ReplicasPlan(min=1, planned=1, max=1, surge=0)
JOB = ReplicasPlan(min=0, planned=0, max=0, surge=1)


def container(name: str, millicores: int, mib: int, limit_mib: int, cpu_limit: Cpu | None = None) -> ContainerPlan:
    """A container from whole millicores and MiB."""
    requests = Amounts(cpu=Cpu(millicores), memory=Memory.mib(mib))
    return ContainerPlan(name=name, requests=requests, limits=Limits(cpu=cpu_limit, memory=Memory.mib(limit_mib)))


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
