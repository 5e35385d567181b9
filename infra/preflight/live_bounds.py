"""Read the bounds that a running deployment has, from its cluster, or from the state if the cluster does not answer.

The state alone is not enough: it still has the old value if an update was killed after the API server accepted a bound
and before the engine saved it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi

from infra.cluster_api import Cluster
from infra.names import APP_NAMESPACE
from infra.preflight.bounds import Bounds, quantity
from infra.preflight.recorded_cluster import SECONDS, recorded_kubeconfig, recorded_outputs

_QUOTA = "kubernetes:core/v1:ResourceQuota"
_LIMITS = "kubernetes:core/v1:LimitRange"
_AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
_PATHS = {
    _QUOTA: f"/api/v1/namespaces/{APP_NAMESPACE}/resourcequotas",
    _LIMITS: f"/api/v1/namespaces/{APP_NAMESPACE}/limitranges",
    _AUTOSCALER: f"/apis/autoscaling/v2/namespaces/{APP_NAMESPACE}/horizontalpodautoscalers",
}
Object = Mapping[str, Any]
Objects = dict[str, list[Object]]  # by the type that the state uses


class AwayError(Exception):
    """The cluster gave no usable answer."""


def read_bounds(state: Mapping[str, Any]) -> Bounds:
    """Return the namespace's bounds before this update.

    Args:
        state: The stack's resources by URN, each with its type and outputs.
    """
    recorded = {kind: [one for one in recorded_outputs(state, kind) if _ours(one)] for kind in _PATHS}
    if not any(recorded.values()):
        return Bounds()
    kept = frozenset(_name(one) for one in recorded[_AUTOSCALER])
    try:
        return bounds_of(ask_cluster(recorded_kubeconfig(state)), kept)
    except (AwayError, ValueError) as error:
        if not pulumi.runtime.is_dry_run():
            pulumi.log.warn(
                f"The cluster does not say which quotas it has ({error}). The last recorded ones decide in which order "
                "they change"
            )
        return bounds_of(recorded, kept)


def bounds_of(objects: Objects, kept: frozenset[str]) -> Bounds:
    """Return the bounds that the program's own objects set; other people's objects are not the program's to change.

    Args:
        objects: Objects by type.
        kept: Names of the autoscalers that the state contains.

    Raises:
        ValueError: An amount is not a quantity.
    """
    quotas = {_name(one): _texts(_spec(one).get("hard")) for one in objects[_QUOTA] if _ours(one)}
    autoscalers = {
        _name(one): (int(_spec(one).get("minReplicas") or 1), int(_spec(one).get("maxReplicas") or 1))
        for one in objects[_AUTOSCALER]
        if _ours(one)
    }
    limits = [most for one in objects[_LIMITS] if _ours(one) for most in _container_memory(one)]
    return Bounds(
        quotas=quotas,
        container_memory=min(limits, key=quantity, default=None),
        autoscalers=autoscalers,
        recorded_autoscalers=kept,
    )


def ask_cluster(kubeconfig: str) -> Objects:
    """Ask the API server for the objects; each request has a time limit.

    Args:
        kubeconfig: The text of the kubeconfig.

    Raises:
        AwayError: The server cannot be reached, refuses the certificate, or does not return a list.
    """
    try:
        cluster = Cluster(kubeconfig, seconds=SECONDS)
        return {kind: list(cluster.items(path)) for kind, path in _PATHS.items()}
    except (OSError, ValueError) as error:
        raise AwayError(str(error) or type(error).__name__) from None


def _metadata(one: Object) -> Object:
    found: Object = one.get("metadata") or {}
    return found


def _name(one: Object) -> str:
    return str(_metadata(one).get("name") or "")


def _spec(one: Object) -> Object:
    found: Object = one.get("spec") or {}
    return found


def _ours(one: Object) -> bool:
    """Return whether the object has the label that the program puts on all its objects."""
    labels = _metadata(one).get("labels") or {}
    return labels.get("app.kubernetes.io/part-of") == "stagecoach" and bool(_name(one))


def _texts(hard: Mapping[str, Any] | None) -> dict[str, str]:
    found = {key: str(value) for key, value in (hard or {}).items()}
    for value in found.values():
        quantity(value)
    return found


def _container_memory(one: Object) -> Iterable[str]:
    for item in _spec(one).get("limits") or []:
        if item.get("type") == "Container" and "memory" in (item.get("max") or {}):
            yield str(item["max"]["memory"])
