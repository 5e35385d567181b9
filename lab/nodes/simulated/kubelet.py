"""Plays the kubelet and the local-path provisioner of simulated nodes."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator

import urllib3

from lab.nodes.simulated.api import MERGE_PATCH, Api, ApiError, Object
from lab.nodes.simulated.node import now

_PROVISIONER = "rancher.io/local-path"
_SELECTED = "volume.kubernetes.io/selected-node"
_NOWHERE = re.compile(r"^[\w.-]+\.invalid(:\d+)?/")  # registries that no name server ever knows (RFC 6761)
_BUSY, _IDLE = 0.1, 0.5  # seconds between two looks


class SimulatedKubelet:
    """A thread that turns scheduled pods Running, completes jobs, binds claims, ends deleted pods."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kubelet", daemon=True)
        self._addresses = 2

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._stop.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        wait = _BUSY
        while not self._stop.wait(wait):
            changed = 0
            # The API server may restart, and objects may change between the list and the patch.
            with contextlib.suppress(ApiError, urllib3.exceptions.HTTPError):
                changed = self._pods() + self._claims() + self._volumes()
            wait = _BUSY if changed else _IDLE

    def _pods(self) -> int:
        changed = 0
        for pod in self.api.items("/api/v1/pods"):
            if not pod["spec"].get("nodeName"):
                continue
            path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}"
            if pod["metadata"].get("deletionTimestamp"):
                self.api.request("DELETE", path, {"gracePeriodSeconds": 0})
            elif pod["status"].get("phase", "Pending") == "Pending":
                self._set_status(path, self._status(pod))
            else:
                continue
            changed += 1
        return changed

    def _set_status(self, path: str, status: Object) -> None:
        self.api.request("PATCH", f"{path}/status", {"status": status}, content_type=MERGE_PATCH)

    def _status(self, pod: Object) -> Object:
        """Running, Succeeded for a job's pod, or what a kubelet says of a missing ConfigMap or Secret."""
        broken = [_unpulled(one) for one in pod["spec"]["containers"] if _NOWHERE.search(one["image"])]
        if broken:
            return {"containerStatuses": broken}
        missing = next(self._missing(pod), "")
        if missing:
            waiting = {"waiting": {"reason": "CreateContainerConfigError", "message": missing}}
            return {"containerStatuses": [_container(one, waiting, ready=False) for one in pod["spec"]["containers"]]}
        owners = {owner["kind"] for owner in pod["metadata"].get("ownerReferences", [])}
        done, stamp = "Job" in owners, now()
        state = (
            {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": stamp, "finishedAt": stamp}}
            if done
            else {"running": {"startedAt": stamp}}
        )
        self._addresses += 1
        address = f"10.42.{self._addresses // 250 % 250}.{self._addresses % 250 + 2}"
        ready = "False" if done else "True"
        kinds = {"Initialized": "True", "ContainersReady": ready, "Ready": ready}
        return {
            "phase": "Succeeded" if done else "Running",
            "startTime": stamp,
            "podIP": address,
            "podIPs": [{"ip": address}],
            "conditions": [
                {"type": "PodScheduled", "status": "True", "lastTransitionTime": stamp},
                *({"type": kind, "status": value, "lastTransitionTime": stamp} for kind, value in kinds.items()),
            ],
            "containerStatuses": [_container(one, state, ready=not done) for one in pod["spec"]["containers"]],
        }

    def _missing(self, pod: Object) -> Iterator[str]:
        namespace = pod["metadata"]["namespace"]
        for kind, name in _references(pod["spec"]):
            if self.api.get(f"/api/v1/namespaces/{namespace}/{kind}/{name}") is None:
                yield f"{kind} {name} not found"

    def _claims(self) -> int:
        changed = 0
        for claim in self.api.items("/api/v1/persistentvolumeclaims"):
            selected = claim["metadata"].get("annotations", {}).get(_SELECTED)
            if claim["status"].get("phase") == "Pending" and selected:
                with contextlib.suppress(ApiError):  # made at the last look, not bound yet
                    self.api.request("POST", "/api/v1/persistentvolumes", _volume(claim, selected))
                    changed += 1
        return changed

    def _volumes(self) -> int:
        """Removes volumes whose claim was deleted, as local-path does under its reclaim policy."""
        released = [
            volume
            for volume in self.api.items("/api/v1/persistentvolumes")
            if volume["status"].get("phase") == "Released" and not volume["metadata"].get("deletionTimestamp")
        ]
        for volume in released:
            self.api.request("DELETE", f"/api/v1/persistentvolumes/{volume['metadata']['name']}")
        return len(released)


def _container(container: Object, state: Object, *, ready: bool) -> Object:
    return {
        "name": container["name"],
        "image": container["image"],
        "imageID": "simulated",
        "ready": ready,
        "started": ready,
        "restartCount": 0,
        "state": state,
    }


def _unpulled(container: Object) -> Object:
    """No name server knows the registry: the pod waits for its image and never gets ready."""
    host = container["image"].partition("/")[0]
    message = f'failed to pull image "{container["image"]}": dial tcp: lookup {host}: no such host'
    return _container(container, {"waiting": {"reason": "ImagePullBackOff", "message": message}}, ready=False)


def _references(spec: Object) -> Iterator[tuple[str, str]]:
    """ConfigMaps and Secrets that a kubelet needs before it starts the pod."""
    for volume in spec.get("volumes", []):
        for source in (volume, *volume.get("projected", {}).get("sources", [])):
            if "configMap" in source and not source["configMap"].get("optional"):
                yield "configmaps", source["configMap"]["name"]
            if "secret" in source and not source["secret"].get("optional"):
                yield "secrets", source["secret"].get("secretName") or source["secret"]["name"]
    for container in (*spec.get("initContainers", []), *spec["containers"]):
        yield from _environment(container)


def _environment(container: Object) -> Iterator[tuple[str, str]]:
    kinds = {"configMap": "configmaps", "secret": "secrets"}
    for key, kind in kinds.items():
        for source in container.get("envFrom", []):
            if f"{key}Ref" in source:
                yield kind, source[f"{key}Ref"]["name"]
        for variable in container.get("env", []):
            if f"{key}KeyRef" in variable.get("valueFrom", {}):
                yield kind, variable["valueFrom"][f"{key}KeyRef"]["name"]


def _volume(claim: Object, node: str) -> Object:
    metadata, spec = claim["metadata"], claim["spec"]
    reference = {key: metadata[key] for key in ("namespace", "name", "uid", "resourceVersion")}
    terms = [{"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}]}]
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {
            "name": f"pvc-{metadata['uid']}",
            "annotations": {"pv.kubernetes.io/provisioned-by": _PROVISIONER},
        },
        "spec": {
            "capacity": spec["resources"]["requests"],
            "accessModes": spec["accessModes"],
            "storageClassName": spec["storageClassName"],
            "persistentVolumeReclaimPolicy": "Delete",
            "hostPath": {"path": f"/simulated/{metadata['uid']}", "type": "DirectoryOrCreate"},
            "nodeAffinity": {"required": {"nodeSelectorTerms": terms}},
            "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", **reference},
        },
    }
