"""A pool's numbers."""

import pytest

from infra.sizing.celery_worker import MASTER, child_memory, eta_memory, size_celery_worker
from infra.units import Memory
from stacks import STAGES


def sized(stage=1, index=0, **changes):
    values = {"default": index == 0, "maximum": 1, "visibility_timeout": 3600, "node_role": "server", **changes}
    return size_celery_worker(STAGES[stage].pools[index], **values)


class TestName:
    def test_the_default_pool_has_no_suffix(self):
        """So that a stage with more pools updates the same Deployment."""
        assert sized().workload.name == sized(5).workload.name == "celery-worker"
        assert sized(5, 1).workload.name == "celery-worker-slow"


class TestChildMemory:
    @pytest.mark.parametrize(("stage", "mib"), [(1, 287), (2, 201), (4, 316)])
    def test_of_the_stages(self, stage, mib):
        """(768 - 130) * 0.9 / 2, (1024 - 130) * 0.9 / 4, (1536 - 130) * 0.9 / 4."""
        assert sized(stage).max_memory_per_child == Memory.mib(mib)

    def test_all_children_and_the_parent_stay_below_the_limit(self):
        """Else the kernel kills the pod before Celery recycles a child."""
        for stage in STAGES.values():
            for pool in stage.pools:
                children = child_memory(pool.memory_limit, pool.concurrency).memory * pool.concurrency
                assert MASTER + children + eta_memory(pool.eta_task_limit) < pool.memory_limit

    def test_nothing_is_left(self):
        """A limit below the parent's own memory: a contract refuses it by name."""
        assert child_memory(Memory.mib(100), 2).memory == Memory(0)


class TestEtaTasks:
    def test_bounded_at_every_stage(self):
        assert {sized(stage).eta_task_limit for stage in STAGES} == {2000}

    def test_their_memory(self):
        """14 KiB each: 40,000 of them would be more than a whole worker of stage 1 has beside its children."""
        assert eta_memory(2000) == Memory.mib(28)
        assert eta_memory(40_000) == Memory.mib(547)


class TestEnd:
    def test_grace_is_longer_than_the_soft_shutdown(self):
        """60 s for running tasks, 30 s for the way back to the queue."""
        assert (sized().soft_shutdown_timeout, sized().grace_period) == (60, 90)

    def test_one_task_in_hand(self):
        """A long task must not hold others back that an idle worker could take."""
        assert sized().prefetch_multiplier == 1
