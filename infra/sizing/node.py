"""Compute what a VPS leaves to pods."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from infra.clouds.catalog.instance_type import InstanceType
from infra.sizing.budget import by_server
from infra.sizing.number import Number, cpu, described, fixed, given
from infra.sizing.plan import Amounts, NodePlan
from infra.sizing.reason import Reasons, counted, reason
from infra.units import MIB, Cpu, Memory

# Firmware and kernel take the rest of the advertised memory. A Hetzner cpx22 (4 GB) showed 93.1 % of it, and a cx33
# (8 GB) 94.6 %. This bound is below both and applies to every type; docs/explanation/plan.md shows how to check a
# server.
_VISIBLE_PERCENT = Decimal("92.5")
# Each row is for servers up to the first number in GiB, and has MiB for k3s with containerd and its shims, and for the
# kubelet's eviction threshold.
_RESERVES = ((4, 700, 150), (8, 800, 200), (16, 900, 300), (32, 1000, 500))
_AGENT_MIB = 300
_SYSTEM = Amounts(cpu=Cpu(100), memory=Memory.mib(300))
_SMALL_VCPU = 4
# The kubelet's folder is on the root disk: k3s leaves it at /var/lib/kubelet, whatever its data-dir is (k3s#3801). A
# resized server keeps its first disk, so the catalog's smallest disk counts for every type, in GB as advertised.
SMALLEST_DISK_GB = 40
_DISK_SHOWN_PERCENT = 95  # the file system's tables and the boot partitions take the rest
# Of the part that is shown: the kubelet's threshold, which components/k3s_config.py sets to the same value.
_DISK_EVICTION_PERCENT = 8
_DISK_RESERVED_MIB = 3072  # 2 GiB for k3s, 1 GiB for the system
MAX_PODS = 60  # the largest plan has 31 pods on one server, and more than this would hide a runaway Deployment

_K3S = "measured: a control plane with containerd, nearly empty, takes 414 to 565 MiB, network policies 34 MiB more"
_AGENT = "k3s's documentation: an agent needs 275 MiB"
_OS = "systemd, sshd, journald, the cloud's agent, the kernel"
_EVICTION = "k3s switches the kubelet's own threshold off: without one the kernel decides who dies"
_ROOT_DISK = "what pods may request of the root disk; a resized server keeps the first one that it had"
_VISIBLE = (
    f"firmware and kernel keep the rest: servers were seen to show 93.1 to 94.6 %, {_VISIBLE_PERCENT} % are counted"
)


@cache
def size_node(row: InstanceType, *, role: str, count: int, agent: bool) -> NodePlan:
    """Plan a node: allocatable = 0.925 x advertised - k3s - system - eviction; an agent runs no control plane.

    Args:
        row: The instance type.
        role: The role of the node.
        count: The number of such nodes.
        agent: Whether the node runs only the k3s agent.
    """
    server_mib, eviction = by_server(row.memory, _RESERVES, ("Mi", "Mi"))
    k3s_mib = fixed(_AGENT_MIB, "Mi") if agent else server_mib
    small = row.vcpu <= _SMALL_VCPU
    k3s_cpu = described(200 if small else 300, "m", f"200m up to {_SMALL_VCPU} vCPU ({row.vcpu} here), else 300m")
    cpu_left = given("vCPU", row.vcpu, "", "the catalog") * fixed(1000, "m") - k3s_cpu.named("k3s")
    cpu_left = cpu_left - cpu("system", _SYSTEM.cpu, "constant")
    nominal = given("nominal memory", row.memory.bytes, "B", "the catalog")
    memory_left = nominal.percent(_VISIBLE_PERCENT)
    for name, amount in (("k3s", k3s_mib.memory), ("system", _SYSTEM.memory), ("eviction", eviction.memory)):
        memory_left = memory_left - given(name, amount.bytes, "B", "computed")
    disk = _disk()
    kube = Amounts(cpu=k3s_cpu.cpu, memory=k3s_mib.memory)
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
        eviction=eviction.memory,
        max_pods=MAX_PODS,
        allocatable=Amounts(cpu=cpu_left.cpu, memory=memory_left.memory),
        disk=disk.memory,
        reasons=(
            reason("kube_reserved.cpu", kube.cpu, k3s_cpu, _K3S),
            reason("kube_reserved.memory", kube.memory, k3s_mib, _AGENT if agent else _K3S),
            *_system(),
            reason("eviction", eviction.memory, eviction, _EVICTION),
            *counted("more would only hide a runaway Deployment", max_pods=fixed(MAX_PODS)),
            reason("allocatable.cpu", cpu_left.cpu, cpu_left, "what pods may request"),
            reason("allocatable.memory", memory_left.memory, memory_left, _VISIBLE),
            reason("disk", disk.memory, disk, _ROOT_DISK),
            *_bought(row, count),
        ),
    )


def _disk() -> Number:
    """Compute the disk for pods in MiB: the part that is shown, less the reserves and the eviction threshold."""
    sold = fixed(SMALLEST_DISK_GB * 10**9 // MIB, "Mi").named("smallest root disk")
    shown = sold.percent(_DISK_SHOWN_PERCENT).named("shown")
    return shown - shown.percent(_DISK_EVICTION_PERCENT) - fixed(_DISK_RESERVED_MIB, "Mi")


def _system() -> Reasons:
    kept = fixed(_SYSTEM.cpu.millicores, "m"), fixed(_SYSTEM.memory.whole_mib, "Mi")
    return (
        reason("system_reserved.cpu", _SYSTEM.cpu, kept[0], _OS),
        reason("system_reserved.memory", _SYSTEM.memory, kept[1], _OS),
    )


def _bought(row: InstanceType, count: int) -> Reasons:
    """Explain the provider's numbers and the number of nodes."""
    source = f"the catalog, {row.as_of}: {row.source}"
    nominal = fixed(row.memory.whole_mib, "Mi")
    return (
        *counted(source, vcpu=fixed(row.vcpu)),
        reason("memory", row.memory, nominal, source),
        *counted("what the planned pods need, or the stack file", count=fixed(count)),
    )
