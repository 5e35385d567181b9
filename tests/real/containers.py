"""Containers of a shop's pods, and signals to the processes in them by way of the machine under the shop."""

import re
from collections import Counter
from dataclasses import dataclass

from tests.waiting import patience

SLACK = patience(30)  # seconds: the kubelet's own second looks, containerd, a machine with other work
_FAILED = re.compile(r'^prober_probe_total\{(?P<labels>[^}]*result="failed"[^}]*)\} (?P<count>\d+)$', re.MULTILINE)
_LABEL = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, kw_only=True)
class Container:
    """One that runs, as the API server told of it."""

    pod: str
    address: str
    name: str
    id: str
    restarts: int
    grace: int
    liveness: dict

    @property
    def restart_seconds(self):
        """The shortest and the longest time from its last sign of life to the next start, by its probe and its grace.

        Probes have a rhythm of their own: the first that fails comes at once or a period later.
        """
        period, failures = self.liveness["periodSeconds"], self.liveness["failureThreshold"]
        most = period * failures + self.liveness["timeoutSeconds"] * failures + self.grace
        return period * (failures - 1), most + SLACK


def containers(shop, workload, name):
    """Of a workload's running pods, by pod."""
    found = []
    for pod in shop.pods():
        running = pod["metadata"].get("labels", {}).get("app.kubernetes.io/name") == workload
        for status in pod["status"].get("containerStatuses", []) if running else []:
            if status["name"] == name and "running" in status["state"]:
                [spec] = [one for one in pod["spec"]["containers"] if one["name"] == name]
                found.append(_container(pod, status, spec))
    return sorted(found, key=lambda one: one.pod)


def _container(pod, status, spec):
    return Container(
        pod=pod["metadata"]["name"],
        address=pod["status"]["podIP"],
        name=spec["name"],
        id=status["containerID"].partition("://")[2],
        restarts=status["restartCount"],
        grace=pod["spec"]["terminationGracePeriodSeconds"],
        liveness=spec.get("livenessProbe", {}),
    )


def send(vps, name, container, *, oldest=True):
    """A signal to every process of a container, or to all but the first one; how many there were."""
    script = 'for path in $(grep -ls "$1" /proc/[0-9]*/cgroup); do p=${path#/proc/}; echo ${p%/cgroup}; done | sort -n'
    found = vps.run("sh", "-c", script, "sh", container.id).stdout.split()
    chosen = found if oldest else found[1:]
    if chosen:
        vps.run("kill", f"-{name}", *chosen)
    return len(chosen)


def failed_probes(shop, kind):
    """How often the kubelet's probes of a kind failed so far, by pod and container; nothing is forgotten, as of events.

    Args:
        kind: `Liveness` or `Readiness`.
    """
    [node] = shop.api.items("/api/v1/nodes")
    told = shop.kubectl("get", "--raw", f"/api/v1/nodes/{node['metadata']['name']}/proxy/metrics/probes")
    counts = Counter()
    for found in _FAILED.finditer(told):
        labels = dict(_LABEL.findall(found["labels"]))
        if labels["probe_type"] == kind:
            counts[labels["pod"], labels["container"]] += int(found["count"])
    return counts


def restarts(shop):
    """Of every container of the shop's namespace, by pod and container."""
    return {
        (pod["metadata"]["name"], one["name"]): one["restartCount"]
        for pod in shop.pods()
        if pod["metadata"]["namespace"] == "app"
        for one in pod["status"].get("containerStatuses", [])
    }
