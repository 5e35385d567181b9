"""The computed plan: every amount that the stack builds, as frozen values."""

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
    """A node role: what is bought, what k3s and the system keep, what pods may request."""

    role: str  # "server" or "celery"
    count: int
    instance_type: str
    vcpu: int
    memory: Memory  # nominal, as the provider sells it
    price: str  # a month, decimal text, without VAT
    currency: str
    kube_reserved: Amounts
    system_reserved: Amounts
    eviction: Memory
    max_pods: int  # as the kubelet is told
    allocatable: Amounts
    disk: Memory  # of the root disk, what pods may request
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class DjangoPlan:
    """The web pods; migrations run in a Job of their own before every rollout."""

    workload: WorkloadPlan  # container "django"
    migrate: WorkloadPlan  # Job, container "migrate"
    processes: int
    threads: int  # under ASGI: requests at a time
    interface: Interface
    request_timeout: int  # seconds, gunicorn's
    read_timeout: int  # seconds, traefik's
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class WorkerPlan:
    """One Celery pool; times in seconds."""

    workload: WorkloadPlan  # container "worker"
    pool: str
    queues: tuple[str, ...]
    concurrency: int
    prefetch_multiplier: int
    eta_task_limit: int  # tasks that a worker holds until their time has come
    reject_on_worker_lost: bool
    max_tasks_per_child: int
    max_memory_per_child: Memory
    time_limit: int
    soft_time_limit: int
    longest_time_limit: int | None  # of a task that sets one for itself
    soft_shutdown_timeout: int
    grace_period: int
    visibility_timeout: int
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class PostgresPlan:
    """Postgres from a memory budget; settings are postgresql.conf text values."""

    workload: WorkloadPlan  # StatefulSet, containers "postgres" and "exporter"
    backup: WorkloadPlan  # CronJob, container "backup"
    settings: tuple[tuple[str, str], ...]
    max_connections: int
    shm_size: Memory  # sizeLimit of the memory-backed /dev/shm; counts against the limit
    storage: Memory
    backup_storage: Memory
    backup_retention_days: int
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class PgBouncerPlan:
    """PgBouncer, where the connection budget asks for it."""

    workload: WorkloadPlan  # Deployment, container "pgbouncer"
    default_pool_size: int  # connections to Postgres
    max_client_conn: int
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class RedisPlan:
    """One Redis instance: the broker or the cache."""

    workload: WorkloadPlan  # StatefulSet, containers "redis" and "exporter"
    maxmemory: Memory
    maxmemory_policy: str
    appendonly: bool
    storage: Memory | None  # None: nothing on disk
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class MonitoringPlan:
    """Prometheus and what feeds it."""

    prometheus: WorkloadPlan  # StatefulSet, containers "prometheus" and "alertmanager"
    node_exporter: WorkloadPlan  # DaemonSet, container "node-exporter"
    queue_exporter: WorkloadPlan  # Deployment in the app's namespace, container "queue-exporter"
    storage: Memory
    retention_days: int
    alert_speed: int  # what durations of alerts are divided by: 1, or more in a rehearsal
    grafana: WorkloadPlan | None
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class NamespacePlan:
    """Admission bounds of the app's namespace, computed from the workloads."""

    limit_range_max: Amounts
    quota_requests: Amounts
    quota_memory_limits: Memory
    quota_pods: int
    quota_disk: Memory  # requests of the root disk
    reasons: Reasons = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, kw_only=True)
class Workloads:
    """What runs, sized."""

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
        """Every workload that the scheduler sees, system pods included."""
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
    """Everything that one stack builds."""

    stage: int
    provider: str
    region: str
    use: TierUse | None  # where the stack names its customers
    nodes: tuple[NodePlan, ...]  # server first
    volume_size_gib: int
    namespace: NamespacePlan
    checks: tuple[Check, ...]
    departures: tuple[Departure, ...]
    fits: bool
    missing: tuple[str, ...]  # what does not fit, one line each; empty when it fits
    proof: Proof = field(compare=False)
    remedies: tuple[Remedy, ...] = field(default=(), compare=False)  # where it does not fit
    warnings: tuple[str, ...] = field(default=(), compare=False)  # what gets no fixes any more, or not for long
    reasons: Reasons = field(default=(), compare=False, repr=False)  # of the volume

    @property
    def server(self) -> NodePlan:
        """The node that carries the control plane and the data."""
        return self.nodes[0]

    @property
    def celery_servers(self) -> NodePlan | None:
        """The nodes that only run workers, where the plan has such."""
        return next((node for node in self.nodes if node.role == CELERY_ROLE), None)

    @property
    def broken(self) -> tuple[Check, ...]:
        """Contracts that the plan does not keep."""
        return tuple(check for check in self.checks if not check.ok)

    @property
    def faults(self) -> tuple[str, ...]:
        """Why an update to this plan is refused, a line each; empty where it is sound."""
        broken = (f"{check.name}: {check.reason} (stagecoach:{check.field})" for check in self.broken)
        return (*(f"does not fit: {line}" for line in self.missing), *broken)

    @property
    def sound(self) -> bool:
        """Whether every pod fits and every contract is kept."""
        return self.fits and not self.broken
