"""What a VPS leaves to pods."""

from __future__ import annotations

from infra.catalog.instance_type import InstanceType
from infra.sizing.plan import Amounts, NodePlan
from infra.units import Cpu, Memory

# A "4 GB" VPS shows about 3,890 MiB of 4,096: firmware and kernel take the rest (domain facts 3.3).
_VISIBLE_PERCENT = 95
# MiB by nominal GiB up to and including: k3s with containerd and shims; eviction threshold (domain facts 3.3).
_RESERVES = ((4, 700, 150), (8, 800, 200), (16, 900, 300), (32, 1000, 500))
_AGENT_MIB = 300  # k3s agent (domain facts 3.1)
_SYSTEM = Amounts(cpu=Cpu(100), memory=Memory.mib(300))  # systemd, sshd, journald, cloud agent, kernel
_SMALL_VCPU = 4


def size_node(row: InstanceType, *, role: str, count: int, agent: bool) -> NodePlan:
    """Allocatable = 0.95 x nominal - k3s - system - eviction; an agent runs no control plane."""
    k3s_mib, eviction_mib = _reserve(row.memory)
    # 300m of CPU in all up to 4 vCPU, 400m above (domain facts 3.3); the system's part is constant.
    k3s_cpu = Cpu(200) if row.vcpu <= _SMALL_VCPU else Cpu(300)
    kube = Amounts(cpu=k3s_cpu, memory=Memory.mib(_AGENT_MIB if agent else k3s_mib))
    eviction = Memory.mib(eviction_mib)
    visible = Memory(row.memory.bytes * _VISIBLE_PERCENT // 100)
    allocatable = Amounts(
        cpu=Cpu.vcpus(row.vcpu) - kube.cpu - _SYSTEM.cpu,
        memory=visible - kube.memory - _SYSTEM.memory - eviction,
    )
    return NodePlan(
        role=role,
        count=count,
        instance_type=row.name,
        vcpu=row.vcpu,
        memory=row.memory,
        price=str(row.price),
        currency=row.currency,
        kube_reserved=kube,
        system_reserved=_SYSTEM,
        eviction=eviction,
        allocatable=allocatable,
    )


def _reserve(memory: Memory) -> tuple[int, int]:
    for gib, k3s, eviction in _RESERVES:
        if memory <= Memory.gib(gib):
            return k3s, eviction
    return _RESERVES[-1][1:]
