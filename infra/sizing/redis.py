"""Size two Redis instances from the server's memory: a broker that never evicts, and a cache that may."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from infra.names import REDIS_BROKER, REDIS_CACHE
from infra.sizing.budget import by_server
from infra.sizing.build import container, with_scratch, workload
from infra.sizing.number import Number, fixed
from infra.sizing.plan import RedisPlan
from infra.sizing.reason import of_stage, reason
from infra.stack_file.stage_config import RedisConfig
from infra.units import Memory

# Each row is for servers up to the first number in GiB, and has the memory limits of broker and cache in MiB, and the
# CPU request of each in millicores. A queued task takes 1.07 KB (measured), so the smallest broker holds 70,000.
_BUDGETS = ((4, 128, 128, 50), (8, 256, 256, 75), (16, 512, 512, 100), (32, 1024, 1024, 150))
_UNITS = ("Mi", "Mi", "m")
_MAXMEMORY_PERCENT = 60
_BROKER_REQUEST_PERCENT = 50
_CACHE_REQUEST_PERCENT = 75
_BROKER_STORAGE_GIB = 2  # for the append-only file and its rewrite; constant, because a claim's size never changes

_MAXMEMORY = "fragmentation and the copy of a rewrite need the rest"
EMPTY_REDIS = Memory.mib(12)  # measured
_BROKER = f"measured: a queued task takes 1.07 KB, an empty instance {EMPTY_REDIS.whole_mib} MiB"
_CACHE = "a cache is full after a while"
_EXPORTER = "measured: 9 MiB"
_STORAGE = "the append-only file and its rewrite; a claim's size is never changed"


@cache
def size_broker(server: Memory, asked: RedisConfig | None = None) -> RedisPlan:
    """Plan the broker: with `noeviction` and an append-only file, an accepted task survives a power cut.

    Args:
        server: Memory of the server, as the provider advertises it.
        asked: Overrides of the stack file; None for none.
    """
    limit, _, cpu = by_server(server, _BUDGETS, _UNITS)
    shape = _Shape(REDIS_BROKER, "redis_broker", "noeviction", _BROKER_REQUEST_PERCENT, _BROKER)
    return _plan(shape, cpu, limit, asked or RedisConfig(), storage=fixed(_BROKER_STORAGE_GIB, "Gi"))


@cache
def size_cache(server: Memory, asked: RedisConfig | None = None) -> RedisPlan:
    """Plan the cache, which evicts with `allkeys-lru` and writes nothing to disk.

    Args:
        server: Memory of the server, as the provider advertises it.
        asked: Overrides of the stack file; None for none.
    """
    _, limit, cpu = by_server(server, _BUDGETS, _UNITS)
    shape = _Shape(REDIS_CACHE, "redis_cache", "allkeys-lru", _CACHE_REQUEST_PERCENT, _CACHE)
    return _plan(shape, cpu, limit, asked or RedisConfig(), storage=None)


class _Shape(NamedTuple):
    """A shape holds the values in which broker and cache differ."""

    name: str
    path: str
    policy: str
    request_percent: int
    source: str


def _plan(shape: _Shape, cpu: Number, computed: Number, asked: RedisConfig, *, storage: Number | None) -> RedisPlan:
    limit = of_stage(f"{shape.path}.memory_limit", asked.memory_limit) if asked.memory_limit else computed
    share = limit.named("memory limit").percent(_MAXMEMORY_PERCENT)
    most = of_stage(f"{shape.path}.maxmemory", asked.maxmemory) if asked.maxmemory else share
    request = limit.named("memory limit").percent(shape.request_percent)
    stored = (reason("storage", storage.memory, storage, _STORAGE),) if storage else ()
    return RedisPlan(
        workload=workload(
            shape.name,
            "StatefulSet",
            with_scratch(container("redis", cpu, request, limit, shape.source), fixed(0, "Mi") if storage else limit),
            container("exporter", 10, 16, 40, _EXPORTER),
        ),
        maxmemory=most.memory,
        maxmemory_policy=asked.maxmemory_policy or shape.policy,
        appendonly=storage is not None,
        storage=storage.memory if storage else None,
        reasons=(reason("maxmemory", most.memory, most, _MAXMEMORY), *stored),
    )
