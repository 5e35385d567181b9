"""Define stage 5, for more than 1,500 customers, with separate servers for Celery."""

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
    # One server of 4 vCPU and 8 GB holds the planned pods (2000m of 3690m), and up to 3 fast and 3 slow ones when the
    # autoscalers add pods. Two servers hold every maximum. More customers multiply pods and servers alike
    # (infra/sizing/growth.py).
    celery_servers=CeleryServersConfig(count=1),
    # Concurrency and queues come from the tier guide (docs/explanation/guide.md); CPU and memory are those of its
    # stages 4 and 1. They fit: a pod of a typical app was measured at 158 MiB plus 87 MiB per process, so 854 MiB with
    # 8 processes (request 1Gi) and 332 MiB with 2. With a limit of 1.5Gi, a child process may use 158 MiB and uses 140.
    # An app with pandas uses 165 and needs an override with memory_limit 1792Mi.
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
    # Two gunicorn processes of four threads were measured at 227 MiB of working set.
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
