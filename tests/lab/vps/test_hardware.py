"""Files that make a guest see its instance type."""

from lab.vps.hardware import KERNEL_SETTINGS, cpuinfo, meminfo, processors, write_hardware
from lab.vps.server import Size

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
    texts = [meminfo(total=64 << 30, used=used, cached=cached) for used, cached in ((0, 0), (60 << 30, 9 << 20))]
    assert len(texts[0]) == len(texts[1])


def test_meminfo_counts_caches_as_available():
    rows = dict(line.split(":") for line in meminfo(total=1 << 30, used=256 << 20, cached=512 << 20).splitlines())
    kib = {name: int(value.split()[0]) for name, value in rows.items()}
    assert (kib["MemTotal"], kib["MemFree"], kib["MemAvailable"]) == (1 << 20, 1 << 18, 3 << 18)


def test_processors():
    assert processors(1)["online"] == "0"
    assert processors(4)["present"] == "0-3"
    assert processors(4)["cpu3/topology/core_id"] == "3"


def test_every_file_of_a_size(tmp_path):
    write_hardware(tmp_path / "hardware", Size(vcpu=2, memory_mib=4096, disk_gb=1))
    write_hardware(tmp_path / "hardware", Size(vcpu=4, memory_mib=8192, disk_gb=1))
    assert (tmp_path / "hardware/cpu/cpu3/online").read_text() == "1\n"
    assert (tmp_path / "hardware/node/node0/cpu3").is_symlink()
    assert all((tmp_path / "hardware/sys" / name).exists() for name in KERNEL_SETTINGS)
