"""Nodes and pods of plans on one API server with the real scheduler; what belongs to a plan carries its label."""

import contextlib
import re

import yaml

from infra.components.k3s_config import render_k3s_config
from infra.names import ROLE_LABEL
from lab.clouds.addresses import pool
from lab.nodes.simulated.api import Api
from lab.nodes.simulated.control_plane import ControlPlane
from lab.paths import bin_dir
from lab.toolchain.build import ensure
from lab.toolchain.programs import ETCD, KUBE
from tests.plans import spare_bytes
from tests.waiting import wait

PLAN_LABEL = "plan"
PODS = "/api/v1/namespaces/default/pods"
SECONDS = 60  # the scheduler binds 50 pods a second at most


def nodes_of(plan, name):
    """Name, size and rendered k3s config of each server, which shows no more than the plan counts with."""
    for node in plan.nodes:
        for number in range(1, node.count + 1):
            host = f"{name}-{node.role}-{number}"
            text = render_k3s_config(
                node, deployment=host, public_ip="198.51.100.7", private_ip="10.20.1.2", token="t", agent_token="a"
            )
            config = yaml.safe_load(text)
            config["node-label"].append(f"{PLAN_LABEL}={name}")
            kept = f"memory={node.system_reserved.memory.bytes + spare_bytes(node.memory.whole_mib)}"
            config["kubelet-arg"] = [
                re.sub("memory=[^,]+", kept, one) if one.startswith("system-reserved=") else one
                for one in config["kubelet-arg"]
            ]
            yield host, (node.vcpu, node.memory.whole_mib), config


def pod(name, selector, containers):
    """A pod that only asks; `containers` are (cpu, memory) as quantities."""
    rows = [
        {"name": f"c{number}", "image": "x", "resources": {"requests": {"cpu": cpu, "memory": memory}}}
        for number, (cpu, memory) in enumerate(containers)
    ]
    metadata = {"name": name, "labels": {PLAN_LABEL: selector[PLAN_LABEL]}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {"containers": rows, "nodeSelector": selector, "automountServiceAccountToken": False},
    }


def pods_of(plan, name):
    """Autoscalers at their maximum, every surge, every job, a DaemonSet's pod on each server."""
    hosts = [host for host, _, _ in nodes_of(plan, name)]
    for one in plan.workloads:
        amounts = [(str(made.requests.cpu), str(made.requests.memory)) for made in one.containers]
        if one.kind == "DaemonSet":
            selectors = [{PLAN_LABEL: name, "kubernetes.io/hostname": host} for host in hosts]
        else:
            selectors = [{PLAN_LABEL: name, ROLE_LABEL: one.node_role}] * (one.replicas.max + one.replicas.surge)
        for number, selector in enumerate(selectors):
            yield pod(f"{name}-{one.name}-{number}", selector, amounts)


class Cluster:
    """One control plane; what belongs to a plan carries its label."""

    def __init__(self, api):
        self.api = api

    def add(self, body):
        self.api.request("POST", PODS, body)

    def pods(self, name):
        return self.api.request("GET", PODS, labelSelector=f"{PLAN_LABEL}={name}")["items"]

    def decided(self, name, waiting=()):
        """A plan's pods by node, once the scheduler has looked at each and only `waiting` are left."""
        looks = []

        def all_decided():
            looks.append(self._look(name))
            _, open_, refused = looks[-1]
            return len(refused) == len(open_) and sorted(refused) == sorted(waiting)

        wait(all_decided, lambda: f"wait for a node: {sorted(looks[-1][2])}", SECONDS)
        pods, open_, _ = looks[-1]
        placed = {}
        for one in pods:
            if one not in open_:
                placed.setdefault(one["spec"]["nodeName"], []).append(one)
        return placed

    def waiting(self, name, count):
        """Why pods of a plan have no node, once the scheduler has looked at all `count` of them."""
        looks = []

        def all_said():
            looks.append(self._look(name))
            pods, open_, refused = looks[-1]
            return len(pods) == count and len(refused) == len(open_)

        wait(all_said, lambda: f"{name}: {len(looks[-1][0])} pods, {len(looks[-1][1])} undecided", SECONDS)
        return list(looks[-1][2].values())

    def _look(self, name):
        """A plan's pods, those of them without a node, and why the scheduler refused each of these so far."""
        pods = self.pods(name)
        open_ = [one for one in pods if not one["spec"].get("nodeName")]
        refused = {
            one["metadata"]["name"]: one["status"]["conditions"][0]["message"]
            for one in open_
            if one["status"].get("conditions")
        }
        return pods, open_, refused

    def clear(self, names):
        """Pods and nodes are gone at once: no kubelet is asked.  A plan at a time, each within a request's time.

        First those that wait: the scheduler would look at each of them again whenever another pod is gone.
        """
        self.api.request("DELETE", PODS, gracePeriodSeconds="0", fieldSelector="spec.nodeName=")
        for name in names:
            selector = f"{PLAN_LABEL}={name}"
            self.api.request("DELETE", PODS, gracePeriodSeconds="0", labelSelector=selector)
            self.api.request("DELETE", "/api/v1/nodes", labelSelector=selector)

    def left(self, name, host):
        """What the node still has, from the API server's own objects."""
        placed = self.decided(name)
        allocatable = self.api.get(f"/api/v1/nodes/{host}")["status"]["allocatable"]
        cpu, memory = int(allocatable["cpu"].removesuffix("m")), int(allocatable["memory"])
        for one in placed[host]:
            for container in one["spec"]["containers"]:
                requests = container["resources"]["requests"]
                cpu -= _millicores(requests["cpu"])
                memory -= _bytes(requests["memory"])
        return cpu, memory


def _millicores(quantity):
    return int(quantity.removesuffix("m")) if quantity.endswith("m") else int(quantity) * 1000


def _bytes(quantity):
    units = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
    return int(quantity[:-2]) * units[quantity[-2:]] if quantity[-2:] in units else int(quantity)


class _QuickScheduler(ControlPlane):
    """Binds as many pods as come: 50 a second are the default."""

    def _scheduler(self):
        return [*super()._scheduler(), "--kube-api-qps=1000", "--kube-api-burst=2000"]


@contextlib.contextmanager
def control_plane(root):
    """An API server that takes pods."""
    for program in (KUBE, ETCD):
        ensure(program)
    plane = _QuickScheduler(root / "plane", pool(root)[0], bin_dir())
    plane.start()
    try:
        api = Api(plane.kubeconfig())
        # A controller makes it a moment after the start; until then every pod is refused.
        wait(lambda: api.get("/api/v1/namespaces/default/serviceaccounts/default"), "the service account")
        yield Cluster(api)
    finally:
        plane.stop()
