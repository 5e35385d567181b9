"""Plan the pods that k3s runs itself."""

from __future__ import annotations

from functools import cache

from infra.names import SYSTEM_NAMESPACE
from infra.sizing.build import NO_CPU_LIMIT, container, without_disk, workload
from infra.sizing.number import described, fixed
from infra.sizing.plan import Amounts, ContainerPlan, Limits, WorkloadPlan
from infra.sizing.reason import reason

_MANIFESTS = "k3s's own manifests (k3s v1.33 and v1.36)"
_TRAEFIK = (
    "k3s asks for nothing, the stack gives it these; measured with traefik 3.7.13: 72 MiB at rest, 90 MiB with 50 "
    "customers at once, 59 MiB of both are pages of its program"
)
_NOTHING = "k3s's own manifests ask for nothing"


@cache
def size_system() -> tuple[WorkloadPlan, ...]:
    """Plan coredns, metrics-server, traefik and the local-path provisioner, the last of which requests nothing."""
    return (
        _one(container("coredns", 100, 70, 170, _MANIFESTS)),
        _one(_without_limit("metrics-server", 100, 70, _MANIFESTS)),
        _one(container("traefik", 50, 96, 192, _TRAEFIK)),
        _one(_without_limit("local-path-provisioner", 0, 0, _NOTHING)),
    )


def _one(container: ContainerPlan) -> WorkloadPlan:
    """Plan a system pod without a share of the disk, because k3s's manifests request none."""
    own = without_disk(container)
    return workload(own.name, "Deployment", own, namespace=SYSTEM_NAMESPACE)


def _without_limit(name: str, millicores: int, mib: int, source: str) -> ContainerPlan:
    cpu, memory, none = fixed(millicores, "m"), fixed(mib, "Mi"), described(0, "", "none")
    return ContainerPlan(
        name=name,
        requests=Amounts(cpu=cpu.cpu, memory=memory.memory),
        limits=Limits(cpu=None, memory=None),
        reasons=(
            reason("requests.cpu", cpu.cpu, cpu, source),
            reason("requests.memory", memory.memory, memory, source),
            reason("limits.cpu", None, none, NO_CPU_LIMIT),
            reason("limits.memory", None, none, source),
        ),
    )
