"""The web pods and their migration job."""

from __future__ import annotations

from infra.models.stage_config import DjangoConfig
from infra.names import CELERY_BEAT, DJANGO, DJANGO_MIGRATE, QUEUE_EXPORTER
from infra.sizing.build import JOB, container, workload
from infra.sizing.plan import Amounts, ContainerPlan, DjangoPlan, Limits, ReplicasPlan, WorkloadPlan


def size_django(django: DjangoConfig, *, maximum: int) -> DjangoPlan:
    """Rolls with surge 1 and unavailable 0; no CPU limit (ADR 0002)."""
    requests = Amounts(cpu=django.cpu_request, memory=django.memory_request)
    web = ContainerPlan(name="django", requests=requests, limits=Limits(cpu=None, memory=django.memory_limit))
    replicas = ReplicasPlan(min=django.replicas.min, planned=django.replicas.planned, max=maximum, surge=1)
    return DjangoPlan(
        workload=workload(DJANGO, "Deployment", web, replicas=replicas),
        migrate=workload(DJANGO_MIGRATE, "Job", container("migrate", 50, 160, 320), replicas=JOB),
        processes=django.processes,
        threads=django.threads,
    )


def size_beat() -> WorkloadPlan:
    """One scheduler: 122 MiB of working set, idle after its start (domain 4.5)."""
    return workload(CELERY_BEAT, "Deployment", container("beat", 25, 136, 224))


def size_queue_exporter() -> WorkloadPlan:
    """Runs in the app's image without its models: 42 MiB for such an exporter (domain 4.8), twice that with Celery."""
    return workload(QUEUE_EXPORTER, "Deployment", container("queue-exporter", 20, 80, 160))
