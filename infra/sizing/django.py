"""Size the web pods, their migration job, beat and the queue exporter."""

from __future__ import annotations

from functools import cache

from infra.names import CELERY_BEAT, DJANGO, DJANGO_MIGRATE, QUEUE_EXPORTER
from infra.sizing.build import JOB, container, with_scratch, workload
from infra.sizing.plan import DjangoPlan, WorkloadPlan
from infra.sizing.reason import DECIDED, counted, of_stage
from infra.sizing.scaled import scaled_replicas
from infra.stack_file.stage_config import DjangoConfig

_WEB = "measured: a pod of 2 processes x 4 threads takes 227 MiB, one of 1 x 4 takes 99 MiB"
# A worker of uvicorn takes 40 MiB where gthread takes 37 (measured with one Django app under both), so no amount
# differs. Under ASGI each running request has a thread of its own, as under gthread. All WebSockets of a process share
# one thread (outside of requests, Channels' database_sync_to_async runs in asgiref's single thread).
_SLOTS = "uvicorn's worker: so many requests at a time, each with a database connection; WebSockets share one more"
_ROLLS = "a rollout starts the new pod before the old one ends, so that no visitor waits"
_MIGRATE = "one process of the app with its models; it ends after the migration"
_BEAT = "measured: 122 MiB; two seconds of CPU at its start, then idle"
_QUEUE_EXPORTER = (
    "runs in the app's image without its models: 42 MiB for such an exporter, 33 MiB for ours; half as much again"
)


def size_django(django: DjangoConfig, *, maximum: int) -> DjangoPlan:
    """Plan the web pods, which roll with surge 1 and no pod unavailable, and have no CPU limit (ADR 0002).

    Args:
        django: The stage's numbers for the web pods.
        maximum: The most pods that fit on the server.
    """
    web = container(
        "django",
        of_stage("django.cpu_request", django.cpu_request),
        of_stage("django.memory_request", django.memory_request),
        of_stage("django.memory_limit", django.memory_limit),
        _WEB,
    )
    tmp = of_stage("django.tmp_size", django.tmp_size)
    migrate = with_scratch(container("migrate", 50, 160, 320, _MIGRATE), 256)
    replicas = scaled_replicas(django.replicas, path="django.replicas", maximum=maximum, surge=1, rolls=_ROLLS)
    return DjangoPlan(
        workload=workload(DJANGO, "Deployment", with_scratch(web, tmp), replicas=replicas),
        migrate=workload(DJANGO_MIGRATE, "Job", migrate, replicas=JOB),
        processes=django.processes,
        threads=django.threads,
        interface=django.interface,
        request_timeout=django.request_timeout,
        read_timeout=django.read_timeout,
        reasons=(
            *counted(
                DECIDED,
                processes=of_stage("django.processes", django.processes),
                request_timeout=of_stage("django.request_timeout", django.request_timeout),
                read_timeout=of_stage("django.read_timeout", django.read_timeout),
            ),
            *counted(
                DECIDED if django.interface == "wsgi" else _SLOTS,
                threads=of_stage("django.threads", django.threads),
            ),
        ),
    )


@cache
def size_beat() -> WorkloadPlan:
    """Plan the one pod that schedules periodic tasks."""
    return workload(CELERY_BEAT, "Deployment", with_scratch(container("beat", 25, 136, 224, _BEAT), 64))


@cache
def size_queue_exporter() -> WorkloadPlan:
    """Plan the one pod that exports the queues' metrics."""
    return workload(
        QUEUE_EXPORTER, "Deployment", with_scratch(container("queue-exporter", 20, 64, 160, _QUEUE_EXPORTER), 64)
    )
