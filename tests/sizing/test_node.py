"""What a VPS leaves to pods."""

import pytest

from infra.clouds import CLOUDS
from infra.sizing.node import size_node
from infra.units import Cpu


def server(name, provider="hetzner", *, agent=False):
    row = next(row for row in CLOUDS[provider].catalog.instance_types if row.name == name)
    return size_node(row, role="celery" if agent else "server", count=1, agent=agent)


class TestAllocatable:
    @pytest.mark.parametrize(
        ("name", "cpu", "mib"),
        [
            ("cx23", 1700, 3788 - 700 - 300 - 150),  # 2 vCPU, 4 GB
            ("cx33", 3700, 7577 - 800 - 300 - 200),  # 4 vCPU, 8 GB
            ("cx43", 7600, 15155 - 900 - 300 - 300),  # 8 vCPU, 16 GB
        ],
    )
    def test_of_a_server(self, name, cpu, mib):
        """0.925 of the nominal memory, less k3s, the system and the eviction threshold."""
        allocatable = server(name).allocatable
        assert (allocatable.cpu, allocatable.memory.whole_mib) == (Cpu(cpu), mib)

    def test_of_a_celery_server(self):
        """No control plane: 300 MiB for the agent in place of 800 for k3s."""
        both = server("cx33"), server("cx33", agent=True)
        assert both[1].allocatable.memory.whole_mib - both[0].allocatable.memory.whole_mib == 500

    def test_parts_add_up(self):
        """What is shown as reserved is what is missing."""
        node = server("cx23")
        kept = node.kube_reserved.memory + node.system_reserved.memory + node.eviction + node.allocatable.memory
        assert kept.bytes == node.memory.bytes * 925 // 1000
        assert node.kube_reserved.cpu + node.system_reserved.cpu + node.allocatable.cpu == Cpu.vcpus(node.vcpu)
