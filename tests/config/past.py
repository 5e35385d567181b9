"""A deployment of stage 1 that exists."""

from infra.sizing.inputs import Recorded

PAST = Recorded(
    name="shop",
    provider="hetzner",
    region="nbg1",
    stage=1,
    instance_type="cx33",
    root_disk_gb=40,
    volume_size_gib=60,
    version="0.1.0",
)
