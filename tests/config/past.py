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


def autoscaler(name):
    """A resource of the state, as the engine shows it to the program."""
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": name}}
    return {"type": "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "outputs": {"spec": spec}}


def deployment(name, **annotations):
    """As above."""
    return {
        "type": "kubernetes:apps/v1:Deployment",
        "outputs": {"metadata": {"name": name, "annotations": annotations}},
    }
