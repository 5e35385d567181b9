"""Find pods that a StatefulSet will never replace, although its template has changed.

Under `OrderedReady`, which can't be changed afterwards, the controller waits until a pod is ready before it does
anything with it. So a pod that can't start under a wrong template stays after the template is corrected (Kubernetes,
pkg/controller/statefulset/stateful_set_control.go, processReplica; its documentation calls the remedy "forced
rollback"). Even `Parallel` would not help: a missing pod counts against `maxUnavailable`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_REVISION = "controller-revision-hash"


@dataclass(frozen=True, kw_only=True)
class Pod:
    """Identify one pod for good: its name may be used again, its uid is not."""

    namespace: str
    name: str
    uid: str


def stuck_pods(stateful_sets: Iterable[Mapping[str, Any]], pods: Iterable[Mapping[str, Any]]) -> Iterator[Pod]:
    """Yield pods of an earlier template that are not ready, once the controller has seen the newest template.

    Args:
        stateful_sets: StatefulSets as the API lists them.
        pods: pods of the same namespaces, as the API lists them.
    """
    newest = {one["metadata"]["uid"]: _newest(one) for one in stateful_sets}
    for pod in pods:
        metadata = pod["metadata"]
        owner = next((one["uid"] for one in metadata.get("ownerReferences", ()) if one.get("controller")), None)
        wanted = newest.get(owner)
        revision = metadata.get("labels", {}).get(_REVISION)
        if wanted and revision != wanted and not metadata.get("deletionTimestamp") and not _ready(pod):
            yield Pod(namespace=metadata["namespace"], name=metadata["name"], uid=metadata["uid"])


def _newest(stateful_set: Mapping[str, Any]) -> str | None:
    """Return the newest template's revision; None if the controller has not seen it yet, or may not replace pods."""
    spec, status = stateful_set["spec"], stateful_set.get("status", {})
    if status.get("observedGeneration") != stateful_set["metadata"]["generation"]:
        return None
    if spec.get("updateStrategy", {}).get("type", "RollingUpdate") != "RollingUpdate":
        return None
    revision = status.get("updateRevision")
    return str(revision) if revision else None


def _ready(pod: Mapping[str, Any]) -> bool:
    conditions = pod.get("status", {}).get("conditions") or ()
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
