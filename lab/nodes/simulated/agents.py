"""What a Celery server's scripts do to the cluster: its node is closed, emptied and removed."""

from __future__ import annotations

import time

from lab.nodes.simulated import node
from lab.nodes.simulated.api import MERGE_PATCH, Api, Object
from lab.plugins.package import PluginError

_EMPTY_SECONDS = 30


def require_node(api: Api, name: str) -> None:
    """Raises PluginError where the agent has not joined."""
    if api.get(node.path(name)) is None:
        raise PluginError(f'node {name} did not become ready: nodes "{name}" not found')


def remove(api: Api, name: str) -> None:
    """`kubectl drain` and `kubectl delete node`; a node that is gone already is no error."""
    if api.get(node.path(name)) is None:
        return
    api.request("PATCH", node.path(name), {"spec": {"unschedulable": True}}, content_type=MERGE_PATCH)
    deadline = time.monotonic() + _EMPTY_SECONDS
    while pods := [pod for pod in _pods(api, name) if not _stays(pod)]:
        if time.monotonic() > deadline:
            raise PluginError(f"{name} is not empty: {', '.join(one['metadata']['name'] for one in pods)}")
        _delete(api, pods)
        time.sleep(0.1)
    api.request("DELETE", node.path(name))
    _delete(api, _pods(api, name))  # of DaemonSets: as the garbage collector does a moment later


def _pods(api: Api, name: str) -> list[Object]:
    return api.items(f"/api/v1/pods?fieldSelector=spec.nodeName={name}")


def _stays(pod: Object) -> bool:
    """A drain evicts all but the pods of DaemonSets."""
    return any(owner["kind"] == "DaemonSet" for owner in pod["metadata"].get("ownerReferences", []))


def _delete(api: Api, pods: list[Object]) -> None:
    for pod in pods:
        metadata = pod["metadata"]
        if not metadata.get("deletionTimestamp"):
            api.request("DELETE", f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}")
