"""The way to the cluster that the state has: what a program reads before it registers anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

SECONDS = 3.0  # for each answer: a preview from where the firewall keeps people out waits no longer
_PROVIDER = "pulumi:providers:kubernetes"
Object = Mapping[str, Any]


def recorded_outputs(state: Mapping[str, Any], kind: str) -> Iterator[Object]:
    """Outputs of the resources of a type; a resource that was saved half-made may have none.

    Args:
        state: The stack's resources by URN, each with its type and outputs.
        kind: The type as the engine writes it.
    """
    for one in state.values():
        if one.get("type") == kind:
            yield one.get("outputs") or {}


def recorded_kubeconfig(state: Mapping[str, Any]) -> str:
    """The kubeconfig of the Kubernetes provider; empty where the state has none."""
    found = (one.get("kubeconfig") for one in recorded_outputs(state, _PROVIDER))
    return next((str(one) for one in found if one), "")
