"""What k3s itself runs."""

from __future__ import annotations

from infra.names import SYSTEM_NAMESPACE
from infra.sizing.build import ONE, workload
from infra.sizing.plan import Amounts, ContainerPlan, Limits, WorkloadPlan
from infra.units import Cpu, Memory

# k3s's own manifests (domain facts 3.1); traefik asks for nothing there: the stack gives it these.
_COREDNS, _METRICS = (100, 70, 170), (100, 70, None)
_TRAEFIK = (50, 96, 192)


def size_system() -> tuple[WorkloadPlan, ...]:
    """coredns, metrics-server, traefik; the local-path provisioner and the load balancer ask for nothing."""
    return (
        _one("coredns", *_COREDNS),
        _one("metrics-server", *_METRICS),
        _one("traefik", *_TRAEFIK),
        _one("local-path-provisioner", 0, 0, None),
    )


def _one(name: str, millicores: int, mib: int, limit_mib: int | None) -> WorkloadPlan:
    limit = Memory.mib(limit_mib) if limit_mib else None
    requests = Amounts(cpu=Cpu(millicores), memory=Memory.mib(mib))
    container = ContainerPlan(name=name, requests=requests, limits=Limits(cpu=None, memory=limit))
    return workload(name, "Deployment", container, replicas=ONE, namespace=SYSTEM_NAMESPACE)
