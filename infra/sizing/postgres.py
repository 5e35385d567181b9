"""Size Postgres from its server and its volume, so that a new stage on the same server does not restart it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from infra.names import POSTGRES, POSTGRES_BACKUP
from infra.sizing.budget import by_server
from infra.sizing.build import JOB, container, with_scratch, workload
from infra.sizing.number import Number, described, fixed, given
from infra.sizing.plan import PostgresPlan
from infra.sizing.reason import Reason, counted, of_stage, reason
from infra.stack_file.stage_config import PostgresConfig
from infra.units import Memory

# Each row is for servers up to the first number in GiB, and has the container's memory in MiB, the CPU request in
# millicores, and max_connections.
_BUDGETS = ((4, 512, 200, 40), (8, 1024, 400, 80), (16, 2048, 750, 100), (32, 4096, 1000, 100))
_SMALL_VCPU = 2  # up to here queries do not run in parallel, and /dev/shm keeps the container's default of 64 MB
_SMALL_MIB = 1024  # up to here two autovacuum workers run, and the write-ahead log is small
CONNECTION_MIB = 4  # private memory of a busy backend, measured at 3.2 MiB
_WORK_MEM_MIB = (2, 16)
_RETENTION_DAYS = 7

_MEMORY = "requests equal limits, so that the database is the last to be evicted"
_MANUAL = "PostgreSQL's manual: a quarter of the memory, rarely more than 40 %"
_CACHE = "the page cache is charged to the pod"
_MAINTENANCE = "vacuum and index builds, two at once"
_WORK_MEM = f"what is left, shared by all connections; a busy one takes {CONNECTION_MIB} MiB of its own (measured)"
_PARALLEL = "two vCPUs are busy with the shop; parallel queries need shared memory"
_SIZES = "small databases write little"
_VOLUME = "half of the data volume for the database, a quarter for a week of dumps, the rest for the others"
_EXPORTER = "measured: 9 MiB"
_BACKUP = "pg_dump writes a stream: its own memory is the compressor's"


@cache
def size_postgres(
    *, memory: Memory, vcpu: int, volume_size_gib: int, asked: PostgresConfig | None = None
) -> PostgresPlan:
    """Plan Postgres; memory requests equal limits, so that the database is the last pod to be evicted.

    Args:
        memory: Memory of the server, as the provider advertises it.
        vcpu: Virtual CPUs of the server.
        volume_size_gib: Size of the data volume in GiB.
        asked: Overrides of the stack file; None for none.
    """
    limit, cpu, computed = by_server(memory, _BUDGETS, ("Mi", "m", ""))
    wanted = asked.max_connections if asked else None
    connections = of_stage("postgres.max_connections", wanted) if wanted else computed
    settings = _settings(limit.named("memory limit"), connections.named("max connections"), vcpu)
    shm = limit.named("memory limit") // 8 if vcpu > _SMALL_VCPU else fixed(64, "Mi")
    volume = given("data volume", volume_size_gib, "Gi", "the stack file, or the stage; it never shrinks")
    storage, dumps = volume // 2, volume // 4
    backup = with_scratch(container("backup", 50, 48, 192, _BACKUP), 64)
    database = with_scratch(container("postgres", cpu, limit, limit, _MEMORY), 64)
    return PostgresPlan(
        workload=workload(POSTGRES, "StatefulSet", database, container("exporter", 10, 16, 48, _EXPORTER)),
        backup=workload(POSTGRES_BACKUP, "CronJob", backup, replicas=JOB),
        settings=tuple((name, str(why.value)) for name, why in settings.items()),
        max_connections=connections.value,
        shm_size=shm.memory,
        storage=storage.memory,
        backup_storage=dumps.memory,
        backup_retention_days=_RETENTION_DAYS,
        reasons=(
            *settings.values(),
            *counted("by the server; see the contract `connections`", max_connections=connections),
            reason("shm_size", shm.memory, shm, _PARALLEL),
            reason("storage", storage.memory, storage, _VOLUME),
            reason("backup_storage", dumps.memory, dumps, _VOLUME),
            *counted("a week of dumps", backup_retention_days=fixed(_RETENTION_DAYS)),
        ),
    )


def _settings(limit: Number, connections: Number, vcpu: int) -> dict[str, Reason]:
    """Compute the settings, with values as postgresql.conf has them."""
    return {one.field.removeprefix("settings."): one for one in _each_setting(limit, connections, vcpu)}


def _each_setting(limit: Number, connections: Number, vcpu: int) -> Iterator[Reason]:
    shared, maintenance = limit // 4, limit // 16
    taken = connections * fixed(CONNECTION_MIB, "Mi")
    work = limit - shared.named("shared_buffers") - taken - maintenance.named("maintenance_work_mem") * 2
    small, parallel = limit.value <= _SMALL_MIB, 0 if vcpu <= _SMALL_VCPU else 2
    yield _megabytes("shared_buffers", shared, _MANUAL)
    yield _megabytes("effective_cache_size", limit.percent(60), _CACHE)
    yield _megabytes("maintenance_work_mem", maintenance, _MAINTENANCE)
    yield _megabytes("autovacuum_work_mem", maintenance, _MAINTENANCE)
    yield _setting("autovacuum_max_workers", "2" if small else "3", f"2 up to {_SMALL_MIB}Mi, else 3", _SIZES)
    yield _megabytes("work_mem", (work // connections).between(*_WORK_MEM_MIB), _WORK_MEM)
    yield reason("settings.max_connections", str(connections.value), connections, "by the server, or an override")
    yield _setting(
        "max_parallel_workers_per_gather", str(parallel), f"0 up to {_SMALL_VCPU} vCPU ({vcpu} here), else 2", _PARALLEL
    )
    yield _setting("wal_compression", "pglz", "constant", "what `on` means; shown as such by the server")
    yield _setting("max_wal_size", "512MB" if small else "2GB", f"512MB up to {_SMALL_MIB}Mi, else 2GB", _SIZES)
    yield _setting("huge_pages", "off", "constant", "a pod gets none unless it asks")
    yield _setting("random_page_cost", "1.1", "constant", "the volume is an SSD")


def _megabytes(name: str, number: Number, source: str) -> Reason:
    return reason(f"settings.{name}", f"{number.value}MB", number, source)


def _setting(name: str, value: str, how: str, source: str) -> Reason:
    return reason(f"settings.{name}", value, described(0, "", how), source)
