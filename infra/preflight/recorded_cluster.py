"""Find the cluster's address and credentials in the state, for requests before the first resource is registered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

SECONDS = 3.0  # for each answer, so that a preview from outside the firewall waits no longer
_PROVIDER = "pulumi:providers:kubernetes"
Object = Mapping[str, Any]


def recorded_outputs(state: Mapping[str, Any], kind: str) -> Iterator[Object]:
    """Yield the outputs of all resources of a type; they may be empty if a creation failed half-way.

    Args:
        state: The stack's resources by URN, each with its type and outputs.
        kind: The type as the engine writes it.
    """
    for one in state.values():
        if one.get("type") == kind:
            yield one.get("outputs") or {}


def recorded_kubeconfig(state: Mapping[str, Any]) -> str:
    """Return the kubeconfig of the Kubernetes provider, or an empty text if the state has none.

    Args:
        state: The stack's resources by URN, each with its type and outputs.
    """
    found = (one.get("kubeconfig") for one in recorded_outputs(state, _PROVIDER))
    return next((str(one) for one in found if one), "")
