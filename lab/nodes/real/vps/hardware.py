"""The machine that an instance type promises, as files that are mounted over the kernel's."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from lab.machines import Size, visible_bytes
from lab.nodes.real.vps.processor_time import ProcessorTime

# What a kubelet wants to set for the whole machine: inside a guest it sets these files, not this machine's kernel.
KERNEL_SETTINGS = {
    "kernel/panic": "0",
    "kernel/panic_on_oops": "0",
    "kernel/keys/root_maxbytes": "25000000",
    "kernel/keys/root_maxkeys": "1000000",
    "vm/overcommit_memory": "0",
    "vm/panic_on_oom": "0",
}


def write_hardware(folder: Path, size: Size) -> None:
    """Writes every file below `folder`; boot.sh mounts them."""
    shutil.rmtree(folder, ignore_errors=True)
    _write(folder / "meminfo", meminfo(total=visible_bytes(size), used=0, cached=0, old=0))
    _write(folder / "stat", ProcessorTime(size.vcpu, started=0).text(0, 0, 0))
    _write(folder / "cpuinfo", cpuinfo(Path("/proc/cpuinfo").read_text(), size.vcpu))
    for name, value in KERNEL_SETTINGS.items():
        _write(folder / "sys" / name, f"{value}\n")
    for name, text in processors(size.vcpu, os.cpu_count() or 1).items():
        _write(folder / "cpu" / name, f"{text}\n")
    node = folder / "node" / "node0"
    total = visible_bytes(size) >> 10
    _write(node / "meminfo", f"Node 0 MemTotal: {total:14d} kB\nNode 0 MemFree: {total:15d} kB\n")
    _write(node / "cpulist", f"{_range(size.vcpu)}\n")
    _write(node / "distance", "10\n")
    (node / "hugepages").mkdir()
    for number in range(size.vcpu):
        name = processor_name(number, os.cpu_count() or 1)
        (node / name).symlink_to(f"../../cpu/{name}")
    for name in ("online", "possible", "has_cpu", "has_memory", "has_normal_memory"):
        _write(folder / "node" / name, "0\n")


def meminfo(*, total: int, used: int, cached: int, old: int) -> str:
    """/proc/meminfo of a guest, always of one length.

    Bytes in all, in use without caches, of caches, of those that were not used lately.
    """
    free = max(total - used - cached, 0)
    rows = {
        "MemTotal": total,
        "MemFree": free,
        "MemAvailable": min(free + cached, total),
        "Buffers": 0,
        "Cached": cached,
        "SwapCached": 0,
        "Active": used + cached - old,
        "Inactive": old,
        "Active(anon)": used,
        "Inactive(anon)": 0,
        "Active(file)": cached - old,
        "Inactive(file)": old,
        "SwapTotal": 0,
        "SwapFree": 0,
        "Shmem": 0,
        "Slab": 0,
        "SReclaimable": 0,
        "SUnreclaim": 0,
    }
    return "".join(f"{name + ':':<16}{value >> 10:>8} kB\n" for name, value in rows.items())


def cpuinfo(host: str, count: int) -> str:
    """/proc/cpuinfo with this machine's first processor as often as the type has vCPUs."""
    first = host.strip().split("\n\n", 1)[0]
    blocks = []
    for number in range(count):
        block = first
        for key, value in (("processor", number), ("core id", number), ("siblings", count), ("cpu cores", count)):
            block = re.sub(rf"(?m)^({key}\s*): .*$", rf"\g<1>: {value}", block)
        blocks.append(block)
    return "\n\n".join(blocks) + "\n\n"


def processor_name(number: int, real: int) -> str:
    """The folder of a vCPU: cpu0, cpu1, and on a machine of two processors cpu00 and cpu01 for the next two.

    A kubelet takes as many cores as there are folders, and the numbers in their names for a cpuset, which must not name
    processors that this machine does not have.
    """
    turns, processor = divmod(number, real)
    return f"cpu{'0' * turns}{processor}"


def processors(count: int, real: int) -> dict[str, str]:
    """Files of /sys/devices/system/cpu: one socket, one thread per core."""
    files = dict.fromkeys(("online", "possible", "present"), _range(count))
    files["offline"] = ""
    for number in range(count):
        name = processor_name(number, real)
        topology = f"{name}/topology"
        files |= {
            f"{name}/online": "1",
            f"{topology}/core_id": str(number),
            f"{topology}/physical_package_id": "0",
            f"{topology}/die_id": "0",
            f"{topology}/thread_siblings_list": str(number),
            f"{topology}/core_siblings_list": _range(count),
        }
    return files


def _range(count: int) -> str:
    return "0" if count == 1 else f"0-{count - 1}"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
