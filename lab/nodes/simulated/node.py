"""A simulated node's object: what a VPS of that size shows after k3s's reservations."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from kubernetes.utils.quantity import parse_quantity

from lab.machines import Size, visible_bytes
from lab.nodes.simulated.api import MERGE_PATCH, Api, Object

_PODS = 110  # the kubelet's default
# Of a root disk of 40 GB, the smallest that the catalogs have; a resized server keeps the first one that it had.
_DISK = 40 * 10**9 * 95 // 100
_RESERVED = ("kube-reserved", "system-reserved")


def sizes(vcpu: int, memory_mib: int, config: dict[str, Any]) -> tuple[Object, Object]:
    """Capacity and allocatable, from the nominal size and the *rendered* k3s config, never from the plan."""
    arguments = dict(argument.split("=", 1) for argument in config.get("kubelet-arg", []))
    memory = visible_bytes(Size(vcpu=vcpu, memory_mib=memory_mib, disk_gb=0))
    millicores, left, disk = vcpu * 1000, memory, _DISK
    for key in _RESERVED:
        reserved = dict(pair.split("=", 1) for pair in arguments.get(key, "").split(",") if pair)
        millicores -= int(parse_quantity(reserved.get("cpu", "0")) * 1000)
        left -= int(parse_quantity(reserved.get("memory", "0")))
        disk -= int(parse_quantity(reserved.get("ephemeral-storage", "0")))
    eviction = re.search(r"memory\.available<([0-9.]+[A-Za-z]*)", arguments.get("eviction-hard", ""))
    left -= int(parse_quantity(eviction.group(1))) if eviction else 0
    full = re.search(r"nodefs\.available<([0-9.]+)%", arguments.get("eviction-hard", ""))
    disk -= int(_DISK * parse_quantity(full.group(1)) / 100) if full else 0
    pods = arguments.get("max-pods", str(_PODS))
    capacity = {"cpu": str(vcpu), "memory": str(memory), "pods": pods, "ephemeral-storage": str(_DISK)}
    allocatable = {**capacity, "cpu": f"{millicores}m", "memory": str(left), "ephemeral-storage": str(disk)}
    return capacity, allocatable


def register(api: Api, name: str, size: tuple[int, int], config: dict[str, Any]) -> None:
    """Creates or updates the node object; a resized server shows its new size."""
    labels = dict(label.split("=", 1) for label in config.get("node-label", []))
    labels |= {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "stagecoach.dev/simulated": "true"}
    if "server" not in config:
        labels["node-role.kubernetes.io/control-plane"] = "true"
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}}
    api.apply(path(name), node)
    capacity, allocatable = sizes(*size, config)
    status = {
        "capacity": capacity,
        "allocatable": allocatable,
        "conditions": [_ready("True", "Simulated", "a simulated node")],
        "addresses": [{"type": "InternalIP", "address": str(config.get("node-ip", "10.0.0.2"))}],
        "nodeInfo": _info(),
    }
    api.request("PATCH", f"{path(name)}/status", {"status": status}, content_type=MERGE_PATCH)
    # A new node is tainted until a kubelet or cloud controller takes the taint away.
    taints = [_taint(one) for one in config.get("node-taint", [])] or None
    api.request("PATCH", path(name), {"spec": {"taints": taints}}, content_type=MERGE_PATCH)


def lost(api: Api, name: str) -> None:
    """Its server is gone without a word: the object stays, as it does in a real cluster."""
    if api.get(path(name)) is not None:
        unknown = _ready("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
        api.request("PATCH", f"{path(name)}/status", {"status": {"conditions": [unknown]}}, content_type=MERGE_PATCH)


def path(name: str) -> str:
    """The node's address in the API."""
    return f"/api/v1/nodes/{name}"


def now() -> str:
    """The time as Kubernetes writes it."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _ready(status: str, reason: str, message: str) -> Object:
    stamp = now()
    times = {"lastHeartbeatTime": stamp, "lastTransitionTime": stamp}
    return {"type": "Ready", "status": status, "reason": reason, "message": message, **times}


def _taint(text: str) -> Object:
    """From k3s's `key=value:effect`."""
    pair, _, effect = text.rpartition(":")
    key, _, value = pair.partition("=")
    return {"key": key, "value": value, "effect": effect}


def _info() -> Object:
    names = ("machineID", "systemUUID", "bootID", "kernelVersion", "osImage", "kubeProxyVersion")
    known = {"operatingSystem": "linux", "architecture": "amd64", "kubeletVersion": "v1.36.3+simulated"}
    return {**dict.fromkeys(names, "simulated"), "containerRuntimeVersion": "simulated://0", **known}
