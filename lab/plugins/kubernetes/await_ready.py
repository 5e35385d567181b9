"""Waits until an object is ready, as pulumi-kubernetes does; says why when it is not.

Sources: provider/pkg/await and provider/pkg/metadata/overrides.go of pulumi-kubernetes.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

import urllib3

from lab.nodes.simulated.api import Api, ApiError, Object
from lab.plugins.kubernetes.await_others import BindingCheck, Check, QuotaCheck, ServiceCheck, ingress_reason
from lab.plugins.kubernetes.managers import annotations_of
from lab.plugins.kubernetes.pod_trouble import PodTrouble

DEFAULT_SECONDS = 600.0  # pulumi-kubernetes' own
_LOOK = 0.2  # seconds between two looks
_LOOKS_PER_PODS = 10  # its pods are looked at every two seconds
_TIMEOUT_KEY = "pulumi.com/timeoutSeconds"
_SKIP_KEY = "pulumi.com/skipAwait"
# Kinds whose deletion is not waited for either where they skip the wait.
_SKIPS_DELETION = frozenset(
    {"Namespace", "Pod", "ReplicationController", "DaemonSet", "Deployment", "StatefulSet", "Job"}
)


def wait_ready(api: Api, path: str, body: Object, seconds: float, *, created: bool = True) -> tuple[Object, list[str]]:
    """The live object and the reasons why it is not ready; none if it is.

    `seconds` are the program's custom timeout, 0 where it set none: then the annotation counts, then ten minutes.
    """
    check = None if skips_wait(body) else _check_of(api, body, created=created)
    live = api.get(path) or body
    if check is None:
        return live, []
    with_pods = body["kind"] in _WITH_PODS
    allowed = float(seconds or annotations_of(body).get(_TIMEOUT_KEY) or DEFAULT_SECONDS)
    deadline = time.monotonic() + min(allowed, getattr(check, "most", allowed))
    trouble = PodTrouble(api)
    for look in itertools.count(1):
        try:
            live = api.get(path) or live
            reason = check(live)
            if reason and with_pods and look % _LOOKS_PER_PODS == 0:
                trouble.look(live)
        except (ApiError, urllib3.exceptions.HTTPError) as error:
            reason = str(error)
        if not reason:
            return live, []
        if reason.startswith("failed:") or time.monotonic() > deadline:
            if with_pods:
                trouble.look(live)
            return live, [reason, *(trouble.reasons() or _quota_reasons(live))]
        time.sleep(_LOOK)
    raise AssertionError  # itertools.count never ends


def why_not_ready(api: Api, live: Object) -> str:
    """Empty if it is ready, of a kind that is always, or one that nobody waits for."""
    if skips_wait(live):
        return ""
    if live["kind"] == "Service":
        return ServiceCheck(api).now(live)
    if live["kind"] == "Ingress":
        return ingress_reason(live)
    check = _WITH_PODS.get(live["kind"])
    return check(live) if check else ""


def skips_wait(body: Object) -> bool:
    """Whether the object asks not to be waited for."""
    return annotations_of(body).get(_SKIP_KEY) == "true"


def wait_gone(api: Api, body: Object, path: str, uid: str, seconds: float) -> bool:
    """Whether the object with that uid is gone in time, or nobody asked to wait."""
    if skips_wait(body) and body["kind"] in _SKIPS_DELETION:
        return True
    deadline = time.monotonic() + float(seconds or annotations_of(body).get(_TIMEOUT_KEY) or DEFAULT_SECONDS)
    while time.monotonic() < deadline:
        live = api.get(path)
        if live is None or live["metadata"]["uid"] != uid:
            return True
        time.sleep(_LOOK)
    return False


def _check_of(api: Api, body: Object, *, created: bool) -> Check | None:
    kind = body["kind"]
    if kind == "Service":
        return ServiceCheck(api)
    if kind == "PersistentVolumeClaim":
        return BindingCheck(api, body, created=created)
    if kind == "ResourceQuota":
        return QuotaCheck()
    if kind == "Ingress":
        return ingress_reason
    return _WITH_PODS.get(kind)


def _observed(live: Object) -> str:
    if live["status"].get("observedGeneration", 0) < live["metadata"]["generation"]:
        return "the controller has not seen the change yet"
    return ""


def _deployment(live: Object) -> str:
    wanted, status = live["spec"].get("replicas", 1), live.get("status", {})
    ready = status.get("updatedReplicas", 0) >= wanted and status.get("availableReplicas", 0) >= wanted
    if ready and status.get("replicas", 0) <= wanted:
        return _observed(live)
    return f"{status.get('availableReplicas', 0)} of {wanted} replicas are available"


def _stateful_set(live: Object) -> str:
    wanted, status = live["spec"].get("replicas", 1), live.get("status", {})
    updated = status.get("updateRevision") == status.get("currentRevision")
    if updated and status.get("readyReplicas", 0) >= wanted:
        return _observed(live)
    return f"{status.get('readyReplicas', 0)} of {wanted} replicas are ready"


def _daemon_set(live: Object) -> str:
    status = live.get("status", {})
    wanted = status.get("desiredNumberScheduled", 0)
    if status.get("updatedNumberScheduled", 0) >= wanted and status.get("numberAvailable", 0) >= wanted:
        return _observed(live)
    return f"{status.get('numberAvailable', 0)} of {wanted} pods are available"


def _job(live: Object) -> str:
    conditions = {one["type"]: one for one in live.get("status", {}).get("conditions", [])}
    if "Failed" in conditions:
        return f"failed: {conditions['Failed'].get('message', 'the job failed')}"
    return "" if "Complete" in conditions else "the job has not completed"


_WITH_PODS: dict[str, Callable[[Object], str]] = {
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set,
    "Job": _job,
}


def _quota_reasons(live: Object) -> list[str]:
    conditions = live.get("status", {}).get("conditions", [])
    return [one["message"] for one in conditions if one["type"] == "ReplicaFailure"]
