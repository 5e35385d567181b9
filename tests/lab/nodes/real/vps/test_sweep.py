"""A killed lab's servers are ended, another lab's are not."""

import pytest

from lab.nodes.real.vps import loops
from lab.nodes.real.vps.network import Network
from lab.nodes.real.vps.server import Size, Vps
from lab.nodes.real.vps.sweep import sweep

pytestmark = pytest.mark.vps


def test_all_of_one_lab_ends(lab, tmp_path):
    """The servers' disks stay: such a server starts again."""
    kept = lab.server("kept")
    other = Network(tmp_path)
    left = Vps(tmp_path / "servers" / "left", other)
    size = Size(vcpu=1, memory_mib=1024, disk_gb=4)
    try:
        left.create(name="left", size=size, public_ip="127.64.250.9", user_data="")
        swept(tmp_path, left, other)
        assert kept.running
        left.power_on()
        assert left.run("hostname").stdout == "left\n"
    finally:
        left.destroy()
        other.remove()


def swept(tmp_path, left, other):
    assert sweep(tmp_path) > 0
    assert sweep(tmp_path) == 0
    assert not left.running
    assert not other.path.exists()
    assert loops.under(tmp_path) == []
