"""Define stage 4, for 800 to 1,500 customers."""

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
    stage=4,
    customers_min=800,
    customers_max=1500,
    server=ServerConfig(memory_gib=16, vcpu=6),
    celery_servers=CeleryServersConfig(count=0),
    # Concurrency, CPU and memory come from the tier guide (docs/explanation/guide.md).
    pools=(
        PoolConfig(
            name="default",
            queues=("celery", "fast", "slow", "backups"),
            concurrency=4,
            cpu_request="800m",
            cpu_limit="1500m",
            memory_request="1Gi",
            memory_limit="1536Mi",
            replicas=ReplicaRange(min=2, planned=3, ceiling=4),
        ),
    ),
    # Two gunicorn processes of four threads were measured at 227 MiB of working set.
    django=DjangoConfig(
        processes=2,
        threads=4,
        cpu_request="200m",
        memory_request="320Mi",
        memory_limit="448Mi",
        replicas=ReplicaRange(min=2, planned=3, ceiling=5),
    ),
    volume_size_gib=160,
    guide=GuideRow(
        server="12-16 GB",
        django_memory="not said",
        worker_pods="3",
        amounts={
            "celery-worker.worker.requests.cpu": "800m",
            "celery-worker.worker.limits.cpu": "1500m",
            "celery-worker.worker.requests.memory": "1Gi",
            "celery-worker.worker.limits.memory": "1.5Gi",
            "celery-worker.concurrency": "4",
            "celery-worker.replicas.planned": "3",
            "celery-worker.time_limit": "600 s",
            "celery-worker.soft_time_limit": "540 s",
            "server.memory": "12-16 GB",
        },
    ),
)
