"""What pulumi-kubernetes waits for in objects that start no pods themselves."""

from __future__ import annotations

import time
from typing import Protocol

from lab.nodes.simulated.api import Api, Object

_SETTLED_SECONDS = 10  # for which the endpoints of a Service must stay as they are
_NO_PODS = (
    "Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match labels "
    "on any Pods"
)
_NO_ADDRESS = "Service was not allocated an IP address; does your cloud provider support this?"
_NO_INGRESS = "Ingress .status.loadBalancer field was not updated with a hostname/IP address."


class Check(Protocol):
    """Why a live object is not ready; empty if it is.  `most`, where it has one, bounds the wait in seconds."""

    def __call__(self, live: Object, /) -> str:
        """Looks at the object as it is now."""


class ServiceCheck:
    """A Service with a selector is ready when its endpoints have settled and none of them is unready."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._version = ""
        self._since = 0.0

    def __call__(self, live: Object) -> str:
        """Waits for the endpoints to settle."""
        reason, endpoints = self._look(live)
        if endpoints is None:
            return reason
        version = endpoints["metadata"]["resourceVersion"]
        if version != self._version:
            self._version, self._since = version, time.monotonic()
        return reason if time.monotonic() - self._since >= _SETTLED_SECONDS else reason or _NO_PODS

    def now(self, live: Object) -> str:
        """The same in one look, for a refresh."""
        return self._look(live)[0]

    def _look(self, live: Object) -> tuple[str, Object | None]:
        """Why it is not ready, and its endpoints where they count."""
        spec, metadata = live["spec"], live["metadata"]
        balanced = live.get("status", {}).get("loadBalancer", {}).get("ingress")
        if spec.get("type") == "LoadBalancer" and not balanced:
            return _NO_ADDRESS, None
        if spec.get("type") == "ExternalName" or spec.get("clusterIP") == "None" or not spec.get("selector"):
            return "", None
        endpoints = self._api.get(f"/api/v1/namespaces/{metadata['namespace']}/endpoints/{metadata['name']}")
        if endpoints is None:
            return _NO_PODS, None
        pending = any(one.get("notReadyAddresses") for one in endpoints.get("subsets", []))
        return (_NO_PODS if pending else ""), endpoints


class BindingCheck:
    """A claim is bound; a new one of a class that binds with its first pod is pending.

    A claim that existed before its creation, which only an upsert does, may be bound for long: then it is not pending,
    and the wait ends without success.
    """

    most = 300.0

    def __init__(self, api: Api, body: Object, *, created: bool) -> None:
        self._created = created
        name = body["spec"].get("storageClassName", "")
        found = api.get(f"/apis/storage.k8s.io/v1/storageclasses/{name}") if name else None
        self._waits = (found or {}).get("volumeBindingMode") == "WaitForFirstConsumer"

    def __call__(self, live: Object) -> str:
        """By the claim's phase."""
        phase = live.get("status", {}).get("phase")
        if phase == "Bound" and not (self._created and self._waits):
            return ""
        if phase == "Pending" and self._waits:
            return ""
        return f"Timeout occurred polling for '{live['metadata']['name']}'"


class QuotaCheck:
    """A quota's status has what its specification asks for."""

    most = 60.0

    def __call__(self, live: Object) -> str:
        """By the two tables."""
        if live["spec"].get("hard") == live.get("status", {}).get("hard"):
            return ""
        return f"Timeout occurred polling for '{live['metadata']['name']}'"


def ingress_reason(live: Object) -> str:
    """An Ingress has an address in its status."""
    return "" if live.get("status", {}).get("loadBalancer", {}).get("ingress") else _NO_INGRESS
