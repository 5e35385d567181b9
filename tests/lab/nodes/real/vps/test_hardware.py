"""Files that make a guest see its instance type."""

import os

from lab.nodes.real.vps.hardware import KERNEL_SETTINGS, cpuinfo, meminfo, processor_name, processors, write_hardware
from lab.nodes.real.vps.server import Size

HOST = """\
processor\t: 0
model name\t: Some CPU
siblings\t: 16
core id\t\t: 3
cpu cores\t: 8

processor\t: 1
model name\t: Some CPU
"""


def test_cpuinfo_has_one_block_per_vcpu():
    blocks = cpuinfo(HOST, 4).strip().split("\n\n")
    assert [block.splitlines()[0] for block in blocks] == [f"processor\t: {number}" for number in range(4)]
    assert "core id\t\t: 2" in blocks[2]
    assert "siblings\t: 4" in blocks[2]


def test_meminfo_keeps_its_length():
    """It is written in place while programs read it."""
    texts = [
        meminfo(total=64 << 30, used=used, cached=cached, old=cached) for used, cached in ((0, 0), (60 << 30, 9 << 20))
    ]
    assert len(texts[0]) == len(texts[1])


def test_meminfo_counts_caches_as_available():
    text = meminfo(total=1 << 30, used=256 << 20, cached=512 << 20, old=128 << 20)
    rows = dict(line.split(":") for line in text.splitlines())
    kib = {name: int(value.split()[0]) for name, value in rows.items()}
    assert (kib["MemTotal"], kib["MemFree"], kib["MemAvailable"]) == (1 << 20, 1 << 18, 3 << 18)
    assert (kib["Active(file)"], kib["Inactive(file)"]) == (3 << 17, 1 << 17)


def test_processors():
    assert processors(1, 8)["online"] == "0"
    assert processors(4, 8)["present"] == "0-3"
    assert processors(4, 8)["cpu3/topology/core_id"] == "3"


def test_a_kubelet_never_names_a_processor_that_is_not_there():
    """Four vCPUs on two processors: four cores, whose folders' numbers are 0 and 1."""
    cores = {name.split("/")[0]: core for name, core in processors(4, 2).items() if name.endswith("core_id")}
    assert cores == {"cpu0": "0", "cpu1": "1", "cpu00": "2", "cpu01": "3"}
    assert [processor_name(number, 2) for number in (4, 5)] == ["cpu000", "cpu001"]


def test_every_file_of_a_size(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    write_hardware(tmp_path / "hardware", Size(vcpu=2, memory_mib=4096, disk_gb=1))
    write_hardware(tmp_path / "hardware", Size(vcpu=4, memory_mib=8192, disk_gb=1))
    assert (tmp_path / "hardware/cpu/cpu3/online").read_text() == "1\n"
    assert (tmp_path / "hardware/node/node0/cpu3").is_symlink()
    assert all((tmp_path / "hardware/sys" / name).exists() for name in KERNEL_SETTINGS)
