"""The tier guide's own table for its first tier, as data, and what it makes of a deployed shop.

Source: the guide's "Resource Allocation (4GB VPS)" and "Stage 1: 0-200 Customers". A row's amounts are for all of its
pods; its MB are taken as MiB, as the guide itself does for the worker (512 MB, 512Mi).
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line: millicores and MiB."""

    component: str
    kind: str
    namespace: str
    workload: str
    container: str
    pods: int
    cpu: int
    memory: int
    limits: tuple[int, int] | None = None  # of a pod, where the guide names them


# In the guide's order, in which they ask for room.
TABLE = (
    Row(
        component="PostgreSQL",
        kind="statefulset",
        namespace="app",
        workload="postgres",
        container="postgres",
        pods=1,
        cpu=500,
        memory=512,
    ),
    Row(  # cache and Celery broker in one: the shop's cache moves into the broker's Redis
        component="Redis",
        kind="statefulset",
        namespace="app",
        workload="redis-broker",
        container="redis",
        pods=1,
        cpu=200,
        memory=256,
    ),
    Row(
        component="Django (2 pods)",
        kind="deployment",
        namespace="app",
        workload="django",
        container="django",
        pods=2,
        cpu=800,
        memory=1536,
    ),
    Row(
        component="Celery Worker (1)",
        kind="deployment",
        namespace="app",
        workload="celery-worker",
        container="worker",
        pods=1,
        cpu=400,
        memory=512,
        limits=(800, 768),
    ),
    Row(
        component="Celery Beat (1)",
        kind="deployment",
        namespace="app",
        workload="celery-beat",
        container="beat",
        pods=1,
        cpu=200,
        memory=200,
    ),
    Row(
        component="Monitoring",
        kind="statefulset",
        namespace="monitoring",
        workload="prometheus",
        container="prometheus",
        pods=1,
        cpu=200,
        memory=300,
    ),
)
# What the plan runs beside the table: exporters, which the guide's "Monitoring" line would have to pay.
UNNAMED = (("deployment", "app", "queue-exporter"), ("daemonset", "monitoring", "node-exporter"))
# k3s itself asks for nothing here; the amounts are the plan's.
TRAEFIK = ("deployment", "kube-system", "traefik")


def resources(row):
    """One pod's."""
    found = {"requests": {"cpu": f"{row.cpu // row.pods}m", "memory": f"{row.memory // row.pods}Mi"}}
    if row.limits:
        found["limits"] = {"cpu": f"{row.limits[0]}m", "memory": f"{row.limits[1]}Mi"}
    return found


def patch(template, amounts):
    """A strategic merge patch of a workload: those amounts, nothing for its other containers, no priority."""
    containers = [
        {"name": one["name"], "resources": {"$patch": "replace", **amounts.get(one["name"], {})}}
        for one in template["spec"]["containers"]
    ]
    return {"spec": {"template": {"spec": {"priorityClassName": None, "priority": None, "containers": containers}}}}


def refused(pods):
    """Pods that find no room, with the scheduler's reason, by name without the generated part."""
    found = {}
    for pod in pods:
        for one in pod["status"].get("conditions", []):
            if (one["type"], one["status"], one.get("reason")) == ("PodScheduled", "False", "Unschedulable"):
                name = pod["metadata"].get("labels", {}).get("app.kubernetes.io/name", pod["metadata"]["name"])
                found[name] = one["message"].partition(". ")[0]
    return found
