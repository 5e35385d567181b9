"""The two Redis instances from the server's memory."""

import pytest

from infra.sizing.redis import size_broker, size_cache
from infra.units import Memory

SIZES = [(4, 128), (8, 256), (16, 512), (32, 1024)]


@pytest.mark.parametrize(("gib", "mib"), SIZES)
class TestMemory:
    def test_maxmemory_is_60_percent(self, gib, mib):
        """Fragmentation and the copy of a rewrite need the rest."""
        for plan in (size_broker(Memory.gib(gib)), size_cache(Memory.gib(gib))):
            assert plan.workload.container("redis").limits.memory == Memory.mib(mib)
            assert plan.maxmemory == Memory.mib(mib * 60 // 100)

    def test_requests(self, gib, mib):
        """A broker is empty most of the time, a cache is full."""
        broker, cache = size_broker(Memory.gib(gib)), size_cache(Memory.gib(gib))
        assert broker.workload.container("redis").requests.memory == Memory.mib(mib // 2)
        assert cache.workload.container("redis").requests.memory == Memory.mib(mib * 3 // 4)


class TestPolicy:
    def test_the_broker_keeps_everything(self):
        broker = size_broker(Memory.gib(4))
        assert (broker.maxmemory_policy, broker.appendonly, broker.storage) == ("noeviction", True, Memory.gib(2))

    def test_the_cache_keeps_nothing(self):
        cache = size_cache(Memory.gib(4))
        assert (cache.maxmemory_policy, cache.appendonly, cache.storage) == ("allkeys-lru", False, None)

    def test_the_smallest_broker_holds_a_bad_night(self):
        """1.07 KB a task: 70,000 of them."""
        assert size_broker(Memory.gib(4)).maxmemory.bytes // 1070 > 70_000
