"""What k3s itself deploys: the same names and requests, so that kube-system is as full as on a real server."""

from __future__ import annotations

from typing import Any

import yaml

from lab.nodes.simulated.api import Api, Object

# k3s's manifests/coredns.yaml and metrics-server (domain facts 3.1); traefik and local-path ask for nothing.
_REQUESTS: dict[str, Object] = {
    "coredns": {"requests": {"cpu": "100m", "memory": "70Mi"}, "limits": {"memory": "170Mi"}},
    "metrics-server": {"requests": {"cpu": "100m", "memory": "70Mi"}},
    "local-path-provisioner": {},
    "traefik": {},
}
_NAMESPACE = "/apis/apps/v1/namespaces/kube-system"


def deploy(api: Api, disabled: list[str]) -> None:
    """Applies the bundled workloads and the local-path storage class."""
    for name, resources in _REQUESTS.items():
        if name not in disabled and api.get(f"{_NAMESPACE}/deployments/{name}") is None:
            api.apply(f"{_NAMESPACE}/deployments/{name}", _deployment(name, resources))
    if "traefik" not in disabled and "servicelb" not in disabled:
        api.apply(f"{_NAMESPACE}/daemonsets/svclb-traefik", _load_balancer())
    api.apply("/apis/storage.k8s.io/v1/storageclasses/local-path", _storage_class())


def apply_manifest(api: Api, text: str) -> None:
    """What k3s does with a file in its manifests folder: here, traefik's chart values."""
    for document in yaml.safe_load_all(text):
        if document and document.get("kind") == "HelmChartConfig" and document["metadata"]["name"] == "traefik":
            values: dict[str, Any] = yaml.safe_load(document["spec"]["valuesContent"]) or {}
            body = _deployment("traefik", values.get("resources", {}))
            api.apply(f"{_NAMESPACE}/deployments/traefik", body)


def _metadata(name: str) -> Object:
    return {"name": name, "namespace": "kube-system", "labels": {"app.kubernetes.io/name": name}}


def _template(name: str, resources: Object) -> Object:
    container = {"name": name, "image": f"rancher/mirrored-{name}:simulated", "resources": resources}
    spec = {"containers": [container], "priorityClassName": "system-cluster-critical"}
    return {"metadata": {"labels": {"app.kubernetes.io/name": name}}, "spec": spec}


def _deployment(name: str, resources: Object) -> Object:
    selector = {"matchLabels": {"app.kubernetes.io/name": name}}
    spec = {"replicas": 1, "selector": selector, "template": _template(name, resources)}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": _metadata(name), "spec": spec}


def _load_balancer() -> Object:
    name = "svclb-traefik"
    spec = {"selector": {"matchLabels": {"app.kubernetes.io/name": name}}, "template": _template(name, {})}
    return {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": _metadata(name), "spec": spec}


def _storage_class() -> Object:
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"}
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "local-path", "annotations": annotations},
        "provisioner": "rancher.io/local-path",
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer",
    }
