"""Postgres from the server's memory."""

import pytest

from infra.sizing.postgres import size_postgres
from infra.units import Memory


def sized(gib, vcpu):
    return size_postgres(memory=Memory.gib(gib), vcpu=vcpu, volume_size_gib=40)


def settings(gib, vcpu):
    return dict(sized(gib, vcpu).settings)


def megabytes(text):
    return int(text.removesuffix("MB"))


SIZES = [(4, 2), (8, 4), (16, 6), (32, 8)]


class TestBudget:
    @pytest.mark.parametrize(
        ("gib", "vcpu", "mib", "connections"),
        [(4, 2, 512, 40), (8, 4, 1024, 80), (16, 6, 2048, 100), (32, 8, 4096, 100)],
    )
    def test_by_the_servers_memory(self, gib, vcpu, mib, connections):
        """Requests equal limits: it is the last to be evicted."""
        plan = sized(gib, vcpu)
        container = plan.workload.container("postgres")
        assert container.requests.memory == container.limits.memory == Memory.mib(mib)
        assert plan.max_connections == int(dict(plan.settings)["max_connections"]) == connections

    def test_by_classes_of_servers(self):
        """A little more memory restarts nothing."""
        assert sized(5, 4).settings == sized(8, 4).settings


class TestMemory:
    @pytest.mark.parametrize(("gib", "vcpu"), SIZES)
    def test_all_of_it_together_fits(self, gib, vcpu):
        """Shared buffers, each connection's own memory and work_mem, two maintenance workers."""
        plan, made = sized(gib, vcpu), settings(gib, vcpu)
        limit = plan.workload.container("postgres").limits.memory.whole_mib
        busy = plan.max_connections * (4 + megabytes(made["work_mem"]))
        used = megabytes(made["shared_buffers"]) + busy + 2 * megabytes(made["maintenance_work_mem"])
        assert used <= limit or made["work_mem"] == "2MB"  # the least that sorts without the disk

    @pytest.mark.parametrize(("gib", "vcpu"), SIZES)
    def test_shared_buffers_are_a_quarter(self, gib, vcpu):
        limit = sized(gib, vcpu).workload.container("postgres").limits.memory.whole_mib
        assert megabytes(settings(gib, vcpu)["shared_buffers"]) == limit // 4


class TestParallel:
    def test_none_on_two_vcpus(self):
        """And the container's usual 64 MiB of shared memory."""
        assert settings(4, 2)["max_parallel_workers_per_gather"] == "0"
        assert sized(4, 2).shm_size == Memory.mib(64)

    def test_with_shared_memory_for_it(self):
        assert settings(8, 4)["max_parallel_workers_per_gather"] == "2"
        assert sized(8, 4).shm_size == Memory.mib(128)


class TestVolume:
    def test_is_shared_with_the_dumps(self):
        """Half for the database, a quarter for a week of dumps, the rest for the others."""
        plan = sized(4, 2)
        assert (plan.storage, plan.backup_storage, plan.backup_retention_days) == (Memory.gib(20), Memory.gib(10), 7)
