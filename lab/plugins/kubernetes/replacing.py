"""Which properties of a Kubernetes object replace it: pulumi-kubernetes' own table.

Source: provider/pkg/provider/diff.go of pulumi-kubernetes 4.  What is immutable and not named here, as a PriorityClass'
value, is sent as an update and refused by the API server.
"""

from __future__ import annotations

from lab.nodes.simulated.api import Object

REPLACE_UNREADY = "pulumi.com/replaceUnready"
_ALL = ("apiVersion", "kind", "metadata.name", "metadata.namespace")
_BY_KIND: dict[str, tuple[str, ...]] = {
    "ConfigMap": ("data", "binaryData"),
    "Secret": ("data", "stringData", "type"),
    "Deployment": ("spec.selector",),
    "DaemonSet": ("spec.selector",),
    "StatefulSet": (
        "spec.selector",
        "spec.serviceName",
        "spec.podManagementPolicy",
        "spec.volumeClaimTemplates",
        "spec.revisionHistoryLimit",
    ),
    "Job": ("spec.selector", "spec.template", "spec.completions", "spec.parallelism"),
    "PersistentVolumeClaim": ("spec.accessModes", "spec.storageClassName", "spec.selector", "spec.volumeName"),
    "StorageClass": ("parameters", "provisioner"),
    "Service": ("spec.clusterIP",),
    "RoleBinding": ("roleRef",),
    "ClusterRoleBinding": ("roleRef",),
    "Pod": ("spec",),
    "ResourceQuota": ("spec.scopes",),
}


def replaced_unready(body: Object) -> bool:
    """Whether the object asks for it; pulumi-kubernetes looks at jobs only."""
    annotations = body.get("metadata", {}).get("annotations") or {}
    return body.get("kind") == "Job" and str(annotations.get(REPLACE_UNREADY)).lower() == "true"


def replacing(kind: str) -> tuple[str, ...]:
    """Property paths of that kind whose change replaces the object."""
    return _ALL + _BY_KIND.get(kind, ())
