"""A deployment that exists: what the program reads of it, and a whole state."""

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


def past(recorder, *, one_quota=False):
    """The state that a run under mocks leaves behind: resources by URN, outputs as their inputs.

    `one_quota`: as the first versions left it, with every key in one ResourceQuota.
    """
    state = {}
    for name, request in recorder.requests.items():
        if request.custom:
            urn = f"urn:pulumi:stage1::stagecoach::{request.type}::{name}"
            state[urn] = {"type": request.type, "outputs": {**_COMPUTED.get(request.type, {}), **recorder.inputs(name)}}
    if one_quota:
        quotas = {urn: one for urn, one in state.items() if one["type"].endswith(":ResourceQuota")}
        whole = {key: value for one in quotas.values() for key, value in one["outputs"]["spec"]["hard"].items()}
        for urn in quotas:
            if urn.endswith("::namespaces-quota"):
                state[urn]["outputs"]["spec"] = {"hard": whole}
            else:
                del state[urn]
    return state


def named(values):
    """Keys of a stack file with their namespace."""
    return {f"stagecoach:{key}": value for key, value in values.items()}


_COMPUTED = {
    "hcloud:index/server:Server": {"primaryDiskSize": 40},
    "hcloud:index/volume:Volume": {"linuxDevice": "/dev/disk/by-id/scsi-0HC_Volume_1"},
    "hcloud:index/primaryIp:PrimaryIp": {"ipAddress": "203.0.113.10"},
}
