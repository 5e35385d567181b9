"""The tier guide's own table for its first tier, as data, and what it makes of a deployed shop.

The numbers are those of stacks/stage1.py (its `guide`), which `plan --explain` shows beside the plan's.  A row's
amounts are for all of its pods; its MB are taken as MiB, as the guide itself does for the worker (512 MB, 512Mi).
"""

import re
from dataclasses import dataclass

from stacks import STAGES

GUIDE = STAGES[1].guide.amounts
_MIB = {"Mi": 1, "MB": 1, "GB": 1024}


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


def millicores(text):
    """`800m for 2 pods` is 800."""
    return int(re.match(r"(\d+)m\b", text)[1])


def mebibytes(text):
    """`1.5 GB for 2 pods` is 1536."""
    number, unit = re.match(r"([\d.]+) ?(Mi|MB|GB)\b", text).groups()
    return int(float(number) * _MIB[unit])


def _row(component, kind, workload, container, *, namespace="app", pods=1):
    path = f"{workload}.{container}"
    limits = None
    if f"{path}.limits.cpu" in GUIDE:
        limits = millicores(GUIDE[f"{path}.limits.cpu"]), mebibytes(GUIDE[f"{path}.limits.memory"])
    return Row(
        component=component,
        kind=kind,
        namespace=namespace,
        workload=workload,
        container=container,
        pods=pods,
        cpu=millicores(GUIDE[f"{path}.requests.cpu"]),
        memory=mebibytes(GUIDE[f"{path}.requests.memory"]),
        limits=limits,
    )


# In the guide's order, in which they ask for room.
TABLE = (
    _row("PostgreSQL", "statefulset", "postgres", "postgres"),
    # cache and Celery broker in one: the shop's cache moves into the broker's Redis
    _row("Redis", "statefulset", "redis-broker", "redis"),
    _row("Django (2 pods)", "deployment", "django", "django", pods=int(GUIDE["django.replicas.planned"])),
    _row("Celery Worker (1)", "deployment", "celery-worker", "worker"),
    _row("Celery Beat (1)", "deployment", "celery-beat", "beat"),
    _row("Monitoring", "statefulset", "prometheus", "prometheus", namespace="monitoring"),
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
