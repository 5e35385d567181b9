"""Define stage 3, for 400 to 800 customers."""

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
    stage=3,
    customers_min=400,
    customers_max=800,
    server=ServerConfig(memory_gib=8, vcpu=4),
    celery_servers=CeleryServersConfig(count=0),
    # Concurrency, CPU and memory come from the tier guide (docs/explanation/guide.md).
    pools=(
        PoolConfig(
            name="default",
            queues=("celery", "fast", "slow", "backups"),
            concurrency=4,
            cpu_request="600m",
            cpu_limit="1000m",
            memory_request="768Mi",
            memory_limit="1Gi",
            replicas=ReplicaRange(min=1, planned=2, ceiling=3),
        ),
    ),
    # The web pods are those of stage 2, because both stages run on the same server.
    django=DjangoConfig(
        processes=2,
        threads=4,
        cpu_request="200m",
        memory_request="320Mi",
        memory_limit="448Mi",
        replicas=ReplicaRange(min=2, planned=2, ceiling=4),
    ),
    volume_size_gib=80,
    guide=GuideRow(
        server="8 GB",
        django_memory="not said",
        worker_pods="2",
        amounts={
            "celery-worker.worker.requests.cpu": "600m",
            "celery-worker.worker.limits.cpu": "1000m",
            "celery-worker.worker.requests.memory": "768Mi",
            "celery-worker.worker.limits.memory": "1Gi",
            "celery-worker.concurrency": "4",
            "celery-worker.replicas.planned": "2",
            "celery-worker.time_limit": "600 s",
            "celery-worker.soft_time_limit": "540 s",
            "server.memory": "8 GB",
        },
    ),
)
