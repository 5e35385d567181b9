"""Define the computed plan: every amount that the stack builds, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field

from infra.names import CELERY_ROLE
from infra.sizing.findings import Check, Departure, Proof, Remedy, TierUse, Tightest
from infra.sizing.reason import Reasons
from infra.sizing.workload import Amounts, ContainerPlan, Disk, Limits, ReplicasPlan, WorkloadPlan
from infra.stack_file.app_config import Interface
from infra.units import Memory

__all__ = [
    "Amounts",
    "Check",
    "ContainerPlan",
    "Departure",
    "Disk",
    "DjangoPlan",
    "Limits",
    "MonitoringPlan",
    "NamespacePlan",
    "NodePlan",
    "PgBouncerPlan",
    "PostgresPlan",
    "Proof",
    "RedisPlan",
    "Remedy",
    "ReplicasPlan",
    "StackPlan",
    "TierUse",
    "Tightest",
    "WorkerPlan",
    "WorkloadPlan",
]


@dataclass(frozen=True, kw_only=True)
class NodePlan:
    """A node plan says what is bought for a role, what k3s and the system keep, and what pods may request."""

    role: str  # "server" or "celery"
    count: int
    instance_type: str
    vcpu: int
    memory: Memory  # as the provider advertises it
    price: str  # per month, as decimal text, without VAT
    currency: str
    kube_reserved: Amounts
    system_reserved: Amounts
    eviction: Memory
    max_pods: int  # the kubelet's setting
    allocatable: Amounts
    disk: Memory  # part of the root disk that pods may request
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class DjangoPlan:
    """This plan sizes the web pods; before every rollout a Job of its own runs the migrations."""

    workload: WorkloadPlan  # container "django"
    migrate: WorkloadPlan  # Job, container "migrate"
    processes: int
    threads: int  # under ASGI: the number of requests at a time
    interface: Interface
    request_timeout: int  # seconds, gunicorn's
    read_timeout: int  # seconds, traefik's
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class WorkerPlan:
    """This plan sizes one pool of Celery workers; times are in seconds."""

    workload: WorkloadPlan  # container "worker"
    pool: str
    queues: tuple[str, ...]
    concurrency: int
    prefetch_multiplier: int
    eta_task_limit: int  # most tasks that a worker holds until their ETA
    reject_on_worker_lost: bool
    max_tasks_per_child: int
    max_memory_per_child: Memory
    time_limit: int
    soft_time_limit: int
    longest_time_limit: int | None  # the longest time limit that a task sets for itself
    soft_shutdown_timeout: int
    grace_period: int
    visibility_timeout: int
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class PostgresPlan:
    """This plan sizes Postgres from a memory budget; settings are texts as postgresql.conf has them."""

    workload: WorkloadPlan  # StatefulSet, containers "postgres" and "exporter"
    backup: WorkloadPlan  # CronJob, container "backup"
    settings: tuple[tuple[str, str], ...]
    max_connections: int
    shm_size: Memory  # sizeLimit of the memory-backed /dev/shm, which counts against the memory limit
    storage: Memory
    backup_storage: Memory
    backup_retention_days: int
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class PgBouncerPlan:
    """This plan sizes PgBouncer, which runs if Postgres cannot take every connection itself."""

    workload: WorkloadPlan  # Deployment, container "pgbouncer"
    default_pool_size: int  # connections to Postgres
    max_client_conn: int
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class RedisPlan:
    """This plan sizes one Redis instance, the broker or the cache."""

    workload: WorkloadPlan  # StatefulSet, containers "redis" and "exporter"
    maxmemory: Memory
    maxmemory_policy: str
    appendonly: bool
    storage: Memory | None  # None: it writes nothing to disk
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class MonitoringPlan:
    """This plan sizes Prometheus and the exporters that it scrapes."""

    prometheus: WorkloadPlan  # StatefulSet, containers "prometheus" and "alertmanager"
    node_exporter: WorkloadPlan  # DaemonSet, container "node-exporter"
    queue_exporter: WorkloadPlan  # Deployment in the app's namespace, container "queue-exporter"
    storage: Memory
    retention_days: int
    alert_speed: int  # divides the durations of alerts: 1, or more in a rehearsal
    grafana: WorkloadPlan | None
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class NamespacePlan:
    """This plan bounds what the app's namespace admits; the bounds are computed from the workloads."""

    limit_range_max: Amounts
    quota_requests: Amounts
    quota_memory_limits: Memory
    quota_pods: int
    quota_disk: Memory  # sum of the requests of root disk
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Workloads:
    """Workloads are all parts that run, with their sizes."""

    django: DjangoPlan
    workers: tuple[WorkerPlan, ...]  # the default pool first
    beat: WorkloadPlan  # container "beat"
    postgres: PostgresPlan
    pgbouncer: PgBouncerPlan | None
    redis_broker: RedisPlan
    redis_cache: RedisPlan
    monitoring: MonitoringPlan
    system: tuple[WorkloadPlan, ...]  # coredns, metrics-server, traefik, local-path-provisioner

    @property
    def workloads(self) -> tuple[WorkloadPlan, ...]:
        """Return every workload that the scheduler sees, system pods included."""
        optional = [self.pgbouncer.workload] if self.pgbouncer else []
        grafana = [self.monitoring.grafana] if self.monitoring.grafana else []
        return (
            *self.system,
            self.postgres.workload,
            self.redis_broker.workload,
            self.redis_cache.workload,
            *optional,
            self.django.workload,
            *(worker.workload for worker in self.workers),
            self.beat,
            self.monitoring.queue_exporter,
            self.monitoring.prometheus,
            self.monitoring.node_exporter,
            *grafana,
            self.django.migrate,
            self.postgres.backup,
        )


@dataclass(frozen=True, kw_only=True)
class StackPlan(Workloads):
    """The plan of a stack holds everything that the program builds."""

    stage: int
    provider: str
    region: str
    use: TierUse | None  # None if the stack file names its stage
    nodes: tuple[NodePlan, ...]  # the server first
    volume_size_gib: int
    namespace: NamespacePlan
    checks: tuple[Check, ...]
    departures: tuple[Departure, ...]
    fits: bool
    missing: tuple[str, ...]  # one line for each role whose pods do not fit; empty if all fit
    proof: Proof = field(compare=False)
    remedies: tuple[Remedy, ...] = field(default=(), compare=False)  # changes that help if the plan does not fit
    # Versions that get no fixes any more or lose them soon, and unlikely values of the stack file.
    warnings: tuple[str, ...] = field(default=(), compare=False)
    reasons: Reasons = field(default=(), compare=False, repr=False)  # for the volume's size

    @property
    def server(self) -> NodePlan:
        """Return the node that runs the control plane and holds the data."""
        return self.nodes[0]

    @property
    def celery_servers(self) -> NodePlan | None:
        """Return the nodes that only run workers, or None if the plan has no such nodes."""
        return next((node for node in self.nodes if node.role == CELERY_ROLE), None)

    @property
    def broken(self) -> tuple[Check, ...]:
        """Return the contracts that the plan breaks."""
        return tuple(check for check in self.checks if not check.ok)

    @property
    def faults(self) -> tuple[str, ...]:
        """Return why an update to this plan is refused, one reason per line; empty if the plan is sound."""
        broken = (f"{check.name}: {check.reason} (stagecoach:{check.field})" for check in self.broken)
        return (*(f"does not fit: {line}" for line in self.missing), *broken)

    @property
    def sound(self) -> bool:
        """Return whether every pod fits and every contract is kept."""
        return self.fits and not self.broken
