"""Stage 5: above 1,500 customers, with servers of their own for Celery."""

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
    stage=5,
    customers_min=1500,
    customers_max=None,
    server=ServerConfig(memory_gib=16, vcpu=6),
    # One of 4 vCPU and 8 GB holds the planned pods (2000m of 3690m), and the autoscalers up to 3 fast and 3 slow ones;
    # two hold every maximum. More customers multiply pods and servers alike (infra/sizing/growth.py).
    celery_servers=CeleryServersConfig(count=1),
    # Concurrency and queues are the tier guide's; CPU and memory are its stage 4's and stage 1's, which fit: measured,
    # a typical app's pod needs 158 + 87 MiB for each process, 854 MiB with 8 (request 1Gi), 332 MiB with 2. In 1.5Gi a
    # child may have 158 MiB and has 140; an app with pandas has 165: give it memory_limit 1792Mi by an override.
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
    guide=GuideRow(
        server="several servers",
        django_memory="not said",
        worker_pods="several pools",
        amounts={
            "celery-worker.concurrency": "8",
            "celery-worker-slow.concurrency": "2",
        },
    ),
)
