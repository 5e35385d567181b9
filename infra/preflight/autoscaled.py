"""Find the Deployments that take their replica count back from an autoscaler, in the stack's state (ADR 0023)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.names import PATCH_FORCE

_AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
_DEPLOYMENT = "kubernetes:apps/v1:Deployment"


def read_autoscaled(resources: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the Deployments that take their replica count back once no autoscaler scales them.

    They are the Deployments whose autoscaler is in the state, because it owns their count, and those that carry the
    annotation already, because the next preview would otherwise show a change.

    Args:
        resources: The state's resources by URN, each with its type and outputs.
    """
    return frozenset(name for resource in resources.values() for name in _names(resource))


def _names(resource: Mapping[str, Any]) -> Iterator[str]:
    """Yield the Deployment's name; a resource whose creation failed half-way may have no outputs."""
    outputs = resource.get("outputs") or {}
    if resource["type"] == _AUTOSCALER:
        name = ((outputs.get("spec") or {}).get("scaleTargetRef") or {}).get("name")
    elif resource["type"] == _DEPLOYMENT and _has_annotation(outputs):
        name = outputs["metadata"].get("name")
    else:
        return
    if name:
        yield str(name)


def _has_annotation(outputs: Mapping[str, Any]) -> bool:
    annotations = (outputs.get("metadata") or {}).get("annotations") or {}
    return annotations.get(PATCH_FORCE) == "true"
