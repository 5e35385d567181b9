"""Stage 5: above 1,500 customers, with servers of their own for Celery."""

from infra.models.stage_config import (
    CeleryServersConfig,
    DjangoConfig,
    GuideRow,
    PoolConfig,
    ReplicaRange,
    ServerConfig,
    StageConfig,
)

STAGE = StageConfig(
    stage=5,
    customers_min=1500,
    customers_max=None,
    server=ServerConfig(memory_gib=16, vcpu=6),
    celery_servers=CeleryServersConfig(count=1),
    # Concurrency, CPU and memory are the tier guide's.
    pools=(
        PoolConfig(
            name="fast",
            queues=("fast", "celery"),
            concurrency=8,
            cpu_request="800m",
            cpu_limit="1500m",
            memory_request="1Gi",
            memory_limit="1536Mi",
            replicas=ReplicaRange(min=2, planned=2, ceiling=6),
        ),
        PoolConfig(
            name="slow",
            queues=("slow", "backups"),
            concurrency=2,
            cpu_request="400m",
            cpu_limit="800m",
            memory_request="512Mi",
            memory_limit="768Mi",
            replicas=ReplicaRange(min=1, planned=1, ceiling=3),
        ),
    ),
    # Two gunicorn processes of four threads, measured at 227 MiB of working set.
    django=DjangoConfig(
        processes=2,
        threads=4,
        cpu_request="200m",
        memory_request="320Mi",
        memory_limit="448Mi",
        replicas=ReplicaRange(min=3, planned=4, ceiling=6),
    ),
    volume_size_gib=240,
    guide=GuideRow(server="several servers", django_memory="not said", worker_pods="several pools"),
)
