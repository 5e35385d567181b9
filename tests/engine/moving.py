"""One move of a deployment in one step, at its busiest, and what must be so afterwards."""

from lab.nodes.simulated.api import MERGE_PATCH
from tests.engine.deployment import STACK
from tests.plans import stage_plan
from tests.waiting import wait

APP = "/api/v1/namespaces/app"
AUTOSCALERS = "/apis/autoscaling/v2/namespaces/app/horizontalpodautoscalers"
DEPLOYMENTS = "/apis/apps/v1/namespaces/app/deployments"
REPLICA_SETS = "/apis/apps/v1/namespaces/app/replicasets"
STATEFUL_SETS = "/apis/apps/v1/namespaces/app/statefulsets"
QUOTAS = f"{APP}/resourcequotas"
CLAIMS = f"{APP}/persistentvolumeclaims"
# What a move never replaces nor deletes; Celery's own servers hold no data and may go.
CLOUDS = ("hcloud:", "digitalocean:", "vultr:")
KEPT = (
    "pulumi:providers:kubernetes",
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:apps/v1:StatefulSet",
    "random:index/randomPassword:RandomPassword",
    "tls:index/privateKey:PrivateKey",
)


def move(deployment, stage, *, busy=True, customers=None, **changes):
    """The deployment goes to the stage, or to so many customers of it, by one update; the steps of it.

    `busy`: every autoscaler holds its maximum when the move begins.
    """
    if busy:
        fill(deployment)
    api = deployment.api()
    said, before, ids = forbidden(api), objects(api), deployment.resources()
    deployment.configure(stage=None if customers else stage, customers=customers, **changes)
    steps = deployment.up()
    api = deployment.api()
    refused = forbidden(api) - said
    assert refused == set(), refused
    assert {name: uid for name, uid in before.items() if objects(api).get(name) != uid} == {}
    assert lost(ids, deployment.resources()) == set()
    check(deployment, stage, customers)
    assert deployment.up() == []
    return steps


def check(deployment, stage, customers=None):
    """Every pod is ready, as many as the plan says, and the namespace's bounds are the plan's."""
    api, plan = deployment.api(), plan_of(deployment, stage, customers)
    scaled = {one.name: one.replicas for one in plan.workloads if one.kind == "Deployment" and one.namespace == "app"}

    def odd():
        pods = [pod for pod in api.items("/api/v1/pods") if not ready(pod)]
        return [f"{pod['metadata']['name']}: {pod['status'].get('phase')}" for pod in pods] + [
            f"{name}: {len(found)} pods"
            for name, found in counts(api).items()
            if not scaled[name].min <= len(found) <= scaled[name].max
        ]

    wait(lambda: not odd(), lambda: f"every pod is ready, but {odd()}")
    assert counts(api).keys() == scaled.keys()
    hard = {}
    for quota in api.items(QUOTAS):
        hard |= quota["spec"]["hard"]
    assert (hard["pods"], hard["requests.cpu"]) == (str(plan.namespace.quota_pods), cpu(plan))


def plan_of(deployment, stage, customers):
    """The stage's plan for the server that there is: one that can't become smaller stays as it was."""
    outputs = deployment.cli.outputs(STACK, deployment.workspace.folder)
    return stage_plan(stage, deployment.provider, instance_type=outputs["instance_type"], customers=customers)


def cpu(plan):
    """The plan's CPU quota as the API server writes it."""
    millicores = plan.namespace.quota_requests.cpu.millicores
    return f"{millicores}m" if millicores % 1000 else str(millicores // 1000)


def counts(api):
    """Pods by Deployment that no rollout has left behind."""
    found = {one["metadata"]["name"]: [] for one in api.items(DEPLOYMENTS)}
    for pod in api.items(f"{APP}/pods"):
        name = pod["metadata"]["labels"].get("app.kubernetes.io/name")
        if name in found and "deletionTimestamp" not in pod["metadata"]:
            found[name].append(pod["metadata"]["name"])
    return found


def ready(pod):
    """A job's pod has ended well, any other says that it is ready."""
    conditions = {one["type"]: one["status"] for one in pod["status"].get("conditions", [])}
    return pod["status"].get("phase") == "Succeeded" or conditions.get("Ready") == "True"


def fill(deployment):
    """As after a busy hour: the autoscalers' controller has started every pod that they allow."""
    api = deployment.api()
    for one in api.items(AUTOSCALERS):
        path = f"{DEPLOYMENTS}/{one['spec']['scaleTargetRef']['name']}/scale"
        scale = {"spec": {"replicas": one["spec"]["maxReplicas"]}}
        api.request("PATCH", path, scale, content_type=MERGE_PATCH, fieldManager="kube-controller-manager")

    def full():
        return all(one["status"].get("readyReplicas", 0) == one["spec"]["replicas"] for one in api.items(DEPLOYMENTS))

    wait(full, "every autoscaler at its maximum")


def forbidden(api):
    """What a controller was refused, by event: a quota or a limit that is too small.

    Not for a ReplicaSet that a rollout has left behind: a pod of it that was preempted counts until its grace is over,
    beside its replacement, and a quota that holds that one back does no harm. The new ReplicaSet takes its place.
    """
    there = {one["metadata"]["name"] for one in api.items(REPLICA_SETS) if one["spec"]["replicas"]}
    return {
        (one["metadata"]["uid"], one.get("count"), one["message"])
        for one in api.items(f"{APP}/events")
        if one["reason"] == "FailedCreate"
        and "forbidden" in one["message"]
        and (one["involvedObject"]["kind"] != "ReplicaSet" or one["involvedObject"]["name"] in there)
    }


def objects(api):
    """Claims and StatefulSets by name, with the id that a new object of that name would not have."""
    found = api.items(CLAIMS) + api.items(STATEFUL_SETS)
    return {(one["metadata"]["name"]): one["metadata"]["uid"] for one in found}


def lost(before, after):
    """URNs of what must stay and is gone, or is another one; by the state's physical ids."""
    kinds = (*KEPT, *CLOUDS)
    kept = {urn for urn in before if any(kind in urn for kind in kinds) and "celery" not in urn.rpartition("::")[2]}
    return {urn for urn in kept if before[urn] != after.get(urn)}


def is_kept(step):
    """Whether the step's resource is one of those."""
    return (step.type in KEPT or step.type.startswith(CLOUDS)) and "celery" not in step.name
