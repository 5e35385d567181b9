"""Which Deployments take their replica count back from an autoscaler, from the stack's own state (ADR 0023)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.names import PATCH_FORCE

_AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
_DEPLOYMENT = "kubernetes:apps/v1:Deployment"


def read_autoscaled(resources: Mapping[str, Any]) -> frozenset[str]:
    """Names of Deployments, from a state's resources by URN, each with its type and outputs.

    Those with an autoscaler in the state, which owns their count; and those that carry the annotation already: without
    it the next preview would show a change.
    """
    return frozenset(name for resource in resources.values() for name in _names(resource))


def _names(resource: Mapping[str, Any]) -> Iterator[str]:
    """A resource that was saved half-made may have no outputs."""
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
