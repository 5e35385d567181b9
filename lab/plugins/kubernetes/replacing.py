"""Which properties of a Kubernetes object replace it: pulumi-kubernetes' own table.

Source: provider/pkg/provider/diff.go of pulumi-kubernetes 4.
"""

from __future__ import annotations

_ALL = ("apiVersion", "kind", "metadata.name", "metadata.namespace")
_BY_KIND: dict[str, tuple[str, ...]] = {
    "ConfigMap": ("data", "binaryData", "immutable"),
    "Secret": ("data", "stringData", "type", "immutable"),
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
    "PriorityClass": ("value",),
}


def replacing(kind: str) -> tuple[str, ...]:
    """Property paths of that kind whose change replaces the object."""
    return _ALL + _BY_KIND.get(kind, ())
