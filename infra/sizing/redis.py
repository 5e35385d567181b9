"""Two Redis instances from the server's memory: a broker that never evicts and a cache that may."""

from __future__ import annotations

from infra.names import REDIS_BROKER, REDIS_CACHE
from infra.sizing.build import container, workload
from infra.sizing.plan import RedisPlan
from infra.units import Memory

# Nominal GiB up to and including: memory limit of broker and cache in MiB, CPU request of each.  A queued task
# takes 1.07 KB (domain 5.2), so the smallest broker holds 70,000.
_BUDGETS = ((4, 128, 128, 50), (8, 256, 256, 75), (16, 512, 512, 100), (32, 1024, 1024, 150))
_MAXMEMORY_PERCENT = 60  # fragmentation and copy-on-write during a rewrite need the rest (domain 5.2)
_BROKER_REQUEST_PERCENT = 50  # an empty instance takes 12 MiB (domain 5.2)
_BROKER_STORAGE_GIB = 2  # the append-only file and its rewrite; constant, a claim's size is never changed


def size_broker(memory: Memory) -> RedisPlan:
    """`noeviction` and an append-only file: an accepted task survives a power cut."""
    mib, _, millicores = _budget(memory)
    request = mib * _BROKER_REQUEST_PERCENT // 100
    return _plan(REDIS_BROKER, millicores, request, mib, policy="noeviction", storage=Memory.gib(_BROKER_STORAGE_GIB))


def size_cache(memory: Memory) -> RedisPlan:
    """`allkeys-lru`, nothing on disk."""
    _, mib, millicores = _budget(memory)
    return _plan(REDIS_CACHE, millicores, mib * 3 // 4, mib, policy="allkeys-lru", storage=None)


def _plan(
    name: str, millicores: int, request_mib: int, limit_mib: int, *, policy: str, storage: Memory | None
) -> RedisPlan:
    redis = container("redis", millicores, request_mib, limit_mib)
    return RedisPlan(
        workload=workload(name, "StatefulSet", redis, container("exporter", 10, 20, 40)),
        maxmemory=Memory.mib(limit_mib * _MAXMEMORY_PERCENT // 100),
        maxmemory_policy=policy,
        appendonly=storage is not None,
        storage=storage,
    )


def _budget(memory: Memory) -> tuple[int, int, int]:
    for gib, *row in _BUDGETS:
        if memory <= Memory.gib(gib):
            return row[0], row[1], row[2]
    return _BUDGETS[-1][1:]
