"""Define the numbers that a person decides for a customer tier; the plan computes everything else."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from infra.stack_file.app_config import Interface
from infra.stack_file.strict import StrictModel
from infra.stack_file.values.limits import MOST_SECONDS
from infra.stack_file.values.quantities import CpuField, MemoryField
from infra.stack_file.values.queue_name import Queues
from infra.units import Cpu, Memory

_TMP = Memory.gib(2)  # uploads and exports of tasks: more than any measured app used, and every disk has room for it
Positive = Annotated[int, Field(ge=1)]
RedisPolicy = Literal["noeviction", "allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-lfu", "volatile-ttl"]


def _holds_its_request(limit: Cpu | Memory, info: ValidationInfo) -> Cpu | Memory:
    """Require that a limit is at least its request; a field's problem is listed beside all others, a model's is not."""
    name = str(info.field_name).replace("limit", "request")
    request = info.data.get(name)
    if request is not None and request > limit:
        raise ValueError(f"{name} {request} is above {info.field_name} {limit}")
    return limit


class ReplicaRange(StrictModel):
    """A replica range sets how many pods run: the fewest, the number at the planned load, and the most."""

    min: Positive = Field(description="pods that always run")
    planned: Positive = Field(description="pods at the stage's planned load; the plan proves that they fit")
    ceiling: Positive = Field(description="most pods that the autoscaler may ask for; the plan may lower it")

    @model_validator(mode="after")
    def _ordered(self) -> ReplicaRange:
        if not self.min <= self.planned <= self.ceiling:
            raise ValueError(f"min <= planned <= ceiling, not {self.min}, {self.planned}, {self.ceiling}")
        return self


class PoolConfig(StrictModel):
    """A pool of Celery workers is a Deployment of its own."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,20}$", description="the pool's name; the first pool is the default")
    queues: Queues = Field(min_length=1, description="queues that the pool consumes")
    concurrency: int = Field(ge=1, le=64, description="prefork processes in each pod")
    cpu_request: CpuField = Field(description="CPU that the scheduler reserves for each pod")
    cpu_limit: CpuField = Field(description="CPU that a pod may use at most")
    memory_request: MemoryField = Field(description="memory that the scheduler reserves for each pod")
    memory_limit: MemoryField = Field(description="memory above which a pod is killed")
    replicas: ReplicaRange = Field(description="how many pods")
    time_limit: int = Field(ge=10, le=86_400, default=600, description="seconds after which a task is killed")
    soft_time_limit: int = Field(ge=5, le=86_400, default=540, description="seconds after which a task is told to end")
    longest_time_limit: int | None = Field(
        ge=10, le=86_400, default=None, description="longest time limit in seconds that a task sets for itself"
    )
    prefetch_multiplier: int = Field(
        ge=1, le=64, default=1, description="tasks that a process holds, the one that it runs included"
    )
    eta_task_limit: int = Field(
        ge=100,
        le=100_000,
        default=2000,
        description="tasks with an ETA or a countdown that a pod takes in advance; then it takes no task at all",
    )
    reject_on_worker_lost: bool = Field(
        default=True, description="a task whose process is killed goes back to the queue; false loses it"
    )
    soft_shutdown_timeout: int = Field(
        ge=0,
        le=3600,
        default=60,
        description="seconds that running tasks get on SIGTERM; then they go back to the queue",
    )
    grace_period: int | None = Field(
        ge=1, le=90_000, default=None, description="seconds until Kubernetes kills an ending pod; computed if left out"
    )

    tmp_size: MemoryField = Field(default=_TMP, description="what a pod may hold in /tmp; above it the pod is evicted")

    _limits = field_validator("cpu_limit", "memory_limit")(_holds_its_request)


class DjangoConfig(StrictModel):
    """This section sizes the web pods."""

    processes: int = Field(ge=1, le=16, description="gunicorn worker processes in each pod")
    threads: int = Field(ge=1, le=32, description="threads in each process; each may hold a database connection")
    request_timeout: int = Field(
        ge=5, le=3600, default=30, description="seconds after which gunicorn ends a process that is stuck"
    )
    read_timeout: int = Field(
        ge=10,
        le=86_400,
        default=600,
        description="seconds that a customer may take to send a request; traefik ends a longer upload",
    )
    cpu_request: CpuField = Field(description="CPU that the scheduler reserves for each pod")
    memory_request: MemoryField = Field(description="memory that the scheduler reserves for each pod")
    memory_limit: MemoryField = Field(description="memory above which a pod is killed")
    replicas: ReplicaRange = Field(description="how many pods")
    interface: Interface = Field(default="wsgi", description="how gunicorn calls the app; the stack file's `app` says")

    tmp_size: MemoryField = Field(default=_TMP, description="what a pod may hold in /tmp; above it the pod is evicted")

    _limits = field_validator("memory_limit")(_holds_its_request)


class ServerConfig(StrictModel):
    """A stage asks for a server of at least this size; the plan takes the catalog's first candidate that fits."""

    memory_gib: Positive = Field(description="nominal memory in GiB, as providers sell it")
    vcpu: Positive = Field(description="virtual CPUs")


class CeleryServersConfig(StrictModel):
    """This section sets the number and the size of the servers that only run Celery."""

    count: int = Field(ge=0, le=20, description="how many at least; 0 means that workers run on the server")
    memory_gib: Positive = Field(default=8, description="nominal memory of each in GiB")
    vcpu: Positive = Field(default=4, description="virtual CPUs of each")


class PostgresConfig(StrictModel):
    """This section sizes Postgres; the plan computes a missing value from the server's memory."""

    max_connections: int | None = Field(
        default=None, ge=5, le=1000, description="connections that Postgres takes; a change restarts it"
    )


class RedisConfig(StrictModel):
    """This section sizes one Redis instance; the plan computes a missing value from the server's memory."""

    memory_limit: MemoryField | None = Field(default=None, description="memory above which the pod is killed")
    maxmemory: MemoryField | None = Field(default=None, description="memory that its data may take")
    maxmemory_policy: RedisPolicy | None = Field(default=None, description="what it does when that is full")


class NamespaceConfig(StrictModel):
    """This section bounds the app's namespace; the plan computes a missing value from the workloads."""

    container_memory: MemoryField | None = Field(
        default=None, description="largest memory limit of a container (LimitRange)"
    )
    quota_cpu: CpuField | None = Field(default=None, description="CPU requests of all pods (ResourceQuota)")
    quota_memory: MemoryField | None = Field(default=None, description="memory requests of all pods (ResourceQuota)")


class GuideRow(StrictModel):
    """This row has the tier guide's numbers (docs/explanation/guide.md), beside which the plan shows its own."""

    server: str = Field(description="the guide's VPS")
    django_memory: str = Field(description="the guide's memory for all web pods")
    worker_pods: str = Field(description="the guide's worker pods")
    amounts: dict[str, str] = Field(
        default_factory=dict, description="the guide's amounts by the plan's, for example celery-worker.concurrency"
    )


class StageConfig(StrictModel):
    """A stage is one customer tier."""

    stage: int = Field(ge=1, description="the tier's number")
    customers_min: int = Field(ge=0, description="customers at the lower end")
    customers_max: int | None = Field(description="customers at the upper end; null: no upper end")
    server: ServerConfig = Field(description="what the stage asks of its server")
    celery_servers: CeleryServersConfig = Field(description="servers of their own for Celery")
    pools: tuple[PoolConfig, ...] = Field(min_length=1, description="Celery's pools, the default first")
    django: DjangoConfig = Field(description="the web pods")
    visibility_timeout: int = Field(
        ge=60,
        le=MOST_SECONDS,
        default=3600,
        description="seconds until Redis hands an unfinished task to another worker",
    )
    longest_countdown: int = Field(
        ge=0, le=MOST_SECONDS, default=0, description="longest countdown or ETA in seconds that the app uses"
    )
    grafana: bool = Field(default=False, description="Grafana beside Prometheus; a stack file turns it on")
    alert_speed: int = Field(
        default=1, ge=1, le=60, description="what durations of alerts are divided by; a stack file rehearses with more"
    )
    postgres: PostgresConfig = Field(default_factory=PostgresConfig, description="the database")
    redis_broker: RedisConfig = Field(default_factory=RedisConfig, description="Celery's Redis")
    redis_cache: RedisConfig = Field(default_factory=RedisConfig, description="the cache's Redis")
    namespace: NamespaceConfig = Field(default_factory=NamespaceConfig, description="bounds of the app's namespace")
    volume_size_gib: int = Field(ge=10, le=10_000, description="size of the data volume in GiB")
    guide: GuideRow = Field(description="the tier guide's own numbers")
