"""Postgres from the server's memory: the same for every stage that the server may hold."""

from __future__ import annotations

from infra.names import POSTGRES, POSTGRES_BACKUP
from infra.sizing.build import JOB, container, workload
from infra.sizing.plan import PostgresPlan
from infra.units import Memory

# Nominal GiB up to and including: memory of the container in MiB, CPU request, max_connections (domain 5.1, 5.3).
_BUDGETS = ((4, 512, 200, 40), (8, 1024, 400, 80), (16, 2048, 750, 100), (32, 4096, 1000, 100))
_SMALL_VCPU = 2  # up to here no parallel query: /dev/shm stays at the container's 64 MB
_CONNECTION_MIB = 4  # private memory of a busy backend, 3.2 MiB measured (domain 5.1)
_WORK_MEM_MIB = (2, 16)
_RETENTION_DAYS = 7


def size_postgres(*, memory: Memory, vcpu: int, volume_size_gib: int) -> PostgresPlan:
    """Requests equal limits in memory, so that the database is the last to be evicted."""
    mib, millicores, connections = _budget(memory)
    shared, maintenance = mib // 4, mib // 16
    parallel = 0 if vcpu <= _SMALL_VCPU else 2
    shm_mib = mib // 8 if parallel else 64
    work_mem = (mib - shared - _CONNECTION_MIB * connections - 2 * maintenance) // connections
    low, high = _WORK_MEM_MIB
    settings = {
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{mib * 6 // 10}MB",
        "maintenance_work_mem": f"{maintenance}MB",
        "autovacuum_work_mem": f"{maintenance}MB",
        "autovacuum_max_workers": "2" if mib <= 1024 else "3",  # noqa: PLR2004  MiB, domain 5.1
        "work_mem": f"{max(low, min(high, work_mem))}MB",
        "max_connections": str(connections),
        "max_parallel_workers_per_gather": str(parallel),
        "wal_compression": "pglz",  # what `on` means; shown as such by the server
        "max_wal_size": "512MB" if mib <= 1024 else "2GB",  # noqa: PLR2004  as above
        "huge_pages": "off",
        "random_page_cost": "1.1",
    }
    exporter = container("exporter", 10, 24, 48)
    return PostgresPlan(
        workload=workload(POSTGRES, "StatefulSet", container("postgres", millicores, mib, mib), exporter),
        backup=workload(POSTGRES_BACKUP, "CronJob", container("backup", 50, 64, 192), replicas=JOB),
        settings=tuple(settings.items()),
        max_connections=connections,
        shm_size=Memory.mib(shm_mib),
        storage=Memory.gib(volume_size_gib // 2),
        backup_storage=Memory.gib(volume_size_gib // 4),
        backup_retention_days=_RETENTION_DAYS,
    )


def _budget(memory: Memory) -> tuple[int, int, int]:
    for gib, mib, millicores, connections in _BUDGETS:
        if memory <= Memory.gib(gib):
            return mib, millicores, connections
    return _BUDGETS[-1][1:]
