"""What a stack may change of its stage: a strict subset of the stage's fields."""

from __future__ import annotations

from pydantic import Field

from infra.stack_file.stage_config import NamespaceConfig, PostgresConfig, RedisConfig
from infra.stack_file.strict import StrictModel
from infra.stack_file.values.limits import MOST_SECONDS
from infra.stack_file.values.quantities import CpuField, MemoryField
from infra.stack_file.values.queue_name import Queues


class ReplicaOverrides(StrictModel):
    """How many pods."""

    min: int | None = Field(default=None, ge=1, description="pods that always run")
    planned: int | None = Field(default=None, ge=1, description="pods at the stage's planned load")
    ceiling: int | None = Field(default=None, ge=1, description="most pods that the autoscaler may ask for")


class PoolOverrides(StrictModel):
    """One Celery pool."""

    concurrency: int | None = Field(default=None, ge=1, le=64, description="prefork processes in each pod")
    cpu_request: CpuField | None = Field(default=None, description="CPU that the scheduler reserves")
    cpu_limit: CpuField | None = Field(default=None, description="CPU that a pod may use at most")
    memory_request: MemoryField | None = Field(default=None, description="memory that the scheduler reserves")
    memory_limit: MemoryField | None = Field(default=None, description="memory above which a pod is killed")
    replicas: ReplicaOverrides | None = Field(default=None, description="how many pods")
    queues: Queues | None = Field(default=None, min_length=1, description="queues that the pool consumes")
    time_limit: int | None = Field(default=None, ge=10, le=86_400, description="seconds until a task is killed")
    soft_time_limit: int | None = Field(default=None, ge=5, le=86_400, description="seconds until a task is told")
    longest_time_limit: int | None = Field(
        default=None, ge=10, le=86_400, description="longest time limit in seconds that a task sets for itself"
    )
    prefetch_multiplier: int | None = Field(
        default=None, ge=1, le=64, description="tasks that a process holds, the one that it runs included"
    )
    eta_task_limit: int | None = Field(
        default=None, ge=100, le=100_000, description="tasks with an ETA or a countdown that a pod takes in advance"
    )
    reject_on_worker_lost: bool | None = Field(
        default=None, description="a task whose process is killed goes back to the queue"
    )
    soft_shutdown_timeout: int | None = Field(
        default=None, ge=0, le=3600, description="seconds that running tasks get on SIGTERM"
    )
    grace_period: int | None = Field(
        default=None, ge=1, le=90_000, description="seconds until Kubernetes kills an ending pod"
    )
    tmp_size: MemoryField | None = Field(default=None, description="what a pod may hold in /tmp")


class DjangoOverrides(StrictModel):
    """The web pods."""

    processes: int | None = Field(default=None, ge=1, le=16, description="gunicorn worker processes in each pod")
    threads: int | None = Field(default=None, ge=1, le=32, description="threads in each process")
    request_timeout: int | None = Field(
        default=None,
        ge=5,
        le=3600,
        description="seconds after which gunicorn ends a process that is stuck",
    )
    read_timeout: int | None = Field(
        default=None,
        ge=10,
        le=86_400,
        description="seconds that a customer may take to send a request; traefik ends a longer upload",
    )
    cpu_request: CpuField | None = Field(default=None, description="CPU that the scheduler reserves")
    memory_request: MemoryField | None = Field(default=None, description="memory that the scheduler reserves")
    memory_limit: MemoryField | None = Field(default=None, description="memory above which a pod is killed")
    replicas: ReplicaOverrides | None = Field(default=None, description="how many pods")
    tmp_size: MemoryField | None = Field(default=None, description="what a pod may hold in /tmp")


class StageOverrides(StrictModel):
    """Overrides of the stage, each shown in the plan beside what it replaced."""

    pools: dict[str, PoolOverrides] = Field(default_factory=dict, description="Celery pools by name")
    django: DjangoOverrides | None = Field(default=None, description="the web pods")
    visibility_timeout: int | None = Field(
        default=None, ge=60, le=MOST_SECONDS, description="seconds until Redis hands an unfinished task on"
    )
    longest_countdown: int | None = Field(
        default=None, ge=0, le=MOST_SECONDS, description="longest countdown or ETA in seconds that the app uses"
    )
    postgres: PostgresConfig | None = Field(default=None, description="the database")
    redis_broker: RedisConfig | None = Field(default=None, description="Celery's Redis")
    redis_cache: RedisConfig | None = Field(default=None, description="the cache's Redis")
    namespace: NamespaceConfig | None = Field(default=None, description="bounds of the app's namespace")
