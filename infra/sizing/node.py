"""What a VPS leaves to pods."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from infra.clouds.catalog.instance_type import InstanceType
from infra.sizing.budget import by_server
from infra.sizing.number import Number, cpu, described, fixed, given
from infra.sizing.plan import Amounts, NodePlan
from infra.sizing.reason import Reasons, counted, reason
from infra.units import MIB, Cpu, Memory

# Firmware and kernel keep the rest of the nominal memory. Seen: 93.1 % on a Hetzner cpx22 (4 GB), 94.6 % on a cx33
# (8 GB). The bound is below both and counts for every type; docs/explanation/plan.md says how to look at a server.
_VISIBLE_PERCENT = Decimal("92.5")
# MiB by nominal GiB up to and including: k3s with containerd and shims; eviction threshold.
_RESERVES = ((4, 700, 150), (8, 800, 200), (16, 900, 300), (32, 1000, 500))
_AGENT_MIB = 300
_SYSTEM = Amounts(cpu=Cpu(100), memory=Memory.mib(300))
_SMALL_VCPU = 4
# The root disk, where the kubelet's folder is: k3s leaves that at /var/lib/kubelet, whatever its data-dir (k3s#3801).
# A resized server keeps its first disk: the smallest of the catalog counts for every type, in GB as it is sold.
SMALLEST_DISK_GB = 40
_DISK_SHOWN_PERCENT = 95  # tables of the file system, boot partitions
_DISK_EVICTION_PERCENT = 8  # of what is shown: the kubelet's threshold (components/k3s_config.py), which has these, too
_DISK_RESERVED_MIB = 3072  # for k3s 2 GiB, for the system 1 GiB
MAX_PODS = 60  # more would only hide a runaway Deployment: the largest plan has 31 on one server

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
    """Allocatable = 0.925 x nominal - k3s - system - eviction; an agent runs no control plane."""
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
    """Shown - reserved - threshold, in MiB."""
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
    """The provider's numbers, and how many of them."""
    source = f"the catalog, {row.as_of}: {row.source}"
    nominal = fixed(row.memory.whole_mib, "Mi")
    return (
        *counted(source, vcpu=fixed(row.vcpu)),
        reason("memory", row.memory, nominal, source),
        *counted("what the planned pods need, or the stack file", count=fixed(count)),
    )
