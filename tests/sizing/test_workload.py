"""Amounts and replicas."""

import pytest

from infra.sizing.build import container, workload
from infra.sizing.workload import Amounts, ReplicasPlan
from infra.units import Cpu, Memory


def amounts(cpu, mib):
    return Amounts(cpu=Cpu(cpu), memory=Memory.mib(mib))


class TestAmounts:
    def test_add_and_subtract(self):
        assert amounts(100, 10) * 3 + amounts(50, 5) - amounts(10, 1) == amounts(340, 34)

    @pytest.mark.parametrize(("cpu", "mib", "fits"), [(100, 100, True), (101, 100, False), (100, 101, False)])
    def test_hold_needs_both(self, cpu, mib, fits):
        """A node full of CPU has no use for its memory."""
        assert amounts(100, 100).holds(amounts(cpu, mib)) is fits


class TestWorkload:
    def test_a_pod_is_all_its_containers(self):
        """The scheduler adds them up."""
        made = workload("db", "StatefulSet", container("db", 200, 512, 512), container("exporter", 10, 24, 48))
        assert made.pod_requests == amounts(210, 536)

    def test_a_container_by_name(self):
        made = workload("db", "StatefulSet", container("db", 200, 512, 512))
        assert made.container("db").requests == amounts(200, 512)
        with pytest.raises(KeyError):
            made.container("exporter")


class TestReplicas:
    @pytest.mark.parametrize(("low", "high", "scaled"), [(1, 1, False), (1, 3, True), (2, 2, False)])
    def test_an_autoscaler_where_there_is_room(self, low, high, scaled):
        assert ReplicasPlan(min=low, planned=low, max=high, surge=0).autoscaled is scaled
