"""Why the pods of an object are not ready: what the scheduler and the kubelet said of them."""

from __future__ import annotations

from collections.abc import Iterator

from lab.nodes.simulated.api import Api, Object


class PodTrouble:
    """Remembers each pod's last trouble: a job that failed for its deadline has no pods any more.

    pulumi-kubernetes prints the same lines while it waits.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._seen: dict[str, list[str]] = {}

    def look(self, live: Object) -> None:
        """Asks for the object's pods; one that is well is forgotten."""
        labels = live["spec"].get("selector", {}).get("matchLabels", {})
        selector = ",".join(f"{key}={value}" for key, value in labels.items())
        namespace = live["metadata"]["namespace"]
        found = self._api.request("GET", f"/api/v1/namespaces/{namespace}/pods", labelSelector=selector)["items"]
        for pod in found:
            name = pod["metadata"]["name"]
            # One that a deadline ends says once more that its containers are being created: what it said before stays.
            if "deletionTimestamp" in pod["metadata"] and name in self._seen:
                continue
            # Between two starts a container that crashes says less than before: what it said stays.
            self._seen[name] = list(dict.fromkeys(reasons(pod))) or ([] if _ready(pod) else self._seen.get(name, []))

    def reasons(self) -> list[str]:
        """All of them, pod by pod."""
        return [reason for own in self._seen.values() for reason in own]


def _ready(pod: Object) -> bool:
    conditions = {one["type"]: one["status"] for one in pod["status"].get("conditions", [])}
    return conditions.get("Ready") == "True"


def reasons(pod: Object) -> Iterator[str]:
    """What is wrong with one pod, and how its containers ended."""
    name, status = pod["metadata"]["name"], pod["status"]
    for condition in status.get("conditions", []):
        if condition["status"] == "False" and condition.get("message"):
            yield f"pod {name}: {condition['reason']}: {condition['message']}"
    for container in status.get("initContainerStatuses", []) + status.get("containerStatuses", []):
        state = container.get("state", {})
        if waiting := state.get("waiting"):
            yield f"pod {name}: {waiting['reason']}: {waiting.get('message', '')}"
        ended = state.get("terminated") or container.get("lastState", {}).get("terminated")
        if ended and ended["exitCode"]:
            said = f": {ended['message'].strip()}" if ended.get("message") else ""
            yield (
                f"pod {name}: container {container['name']} ended with exit code {ended['exitCode']} "
                f"({ended.get('reason', 'Error')}){said}"
            )
