"""Define stage 1, for the first 200 customers."""

from infra.stack_file.stage_config import (
    CeleryServersConfig,
    DjangoConfig,
    GuideRow,
    PoolConfig,
    ReplicaRange,
    ServerConfig,
    StageConfig,
)

STAGE = StageConfig(
    stage=1,
    customers_min=0,
    customers_max=200,
    server=ServerConfig(memory_gib=4, vcpu=2),
    celery_servers=CeleryServersConfig(count=0),
    # Concurrency, CPU and memory come from the tier guide (docs/explanation/guide.md).
    pools=(
        PoolConfig(
            name="default",
            queues=("celery", "fast", "slow", "backups"),
            concurrency=2,
            cpu_request="400m",
            cpu_limit="800m",
            memory_request="512Mi",
            memory_limit="768Mi",
            replicas=ReplicaRange(min=1, planned=1, ceiling=3),
        ),
    ),
    # The guide's worker fits a server with 4 GB and 2 vCPU only if the web pods are small: one process of four threads
    # was measured at 99 MiB of working set, and 176Mi leaves room for an app that imports its tasks.
    django=DjangoConfig(
        processes=1,
        threads=4,
        cpu_request="100m",
        memory_request="176Mi",
        memory_limit="256Mi",
        replicas=ReplicaRange(min=2, planned=2, ceiling=3),
    ),
    volume_size_gib=40,
    guide=GuideRow(
        server="4 GB",
        django_memory="1.5 GB for 2 pods",
        worker_pods="1",
        amounts={
            "celery-worker.worker.requests.cpu": "400m",
            "celery-worker.worker.limits.cpu": "800m",
            "celery-worker.worker.requests.memory": "512Mi",
            "celery-worker.worker.limits.memory": "768Mi",
            "celery-worker.concurrency": "2",
            "celery-worker.replicas.planned": "1",
            "celery-worker.replicas.max": "3 (auto-scaling 1-3 pods)",
            "celery-worker.time_limit": "600 s",
            "celery-worker.soft_time_limit": "540 s",
            "postgres.postgres.requests.cpu": "500m",
            "postgres.postgres.requests.memory": "512 MB",
            "redis-broker.redis.requests.cpu": "200m for one Redis",
            "redis-broker.redis.requests.memory": "256 MB for one Redis",
            "redis-cache.redis.requests.cpu": "200m for one Redis",
            "redis-cache.redis.requests.memory": "256 MB for one Redis",
            "django.django.requests.cpu": "800m for 2 pods",
            "django.django.requests.memory": "1.5 GB for 2 pods",
            "django.replicas.planned": "2",
            "celery-beat.beat.requests.cpu": "200m",
            "celery-beat.beat.requests.memory": "200 MB",
            "prometheus.prometheus.requests.cpu": "200m for all monitoring",
            "prometheus.prometheus.requests.memory": "300 MB for all monitoring",
            "server.system_reserved.memory": "500 MB",
            "server.vcpu": "2-4",
            "server.memory": "4 GB, better 6",
        },
    ),
)
