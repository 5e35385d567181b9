"""The chart's objects from its values."""

from __future__ import annotations

import math
from typing import Any

import yaml

from lab.nodes.real.k3s.guest.traefik.arguments import arguments
from lab.nodes.real.k3s.guest.traefik.values import ChartError, Values, chart_values

NAME, NAMESPACE = "traefik", "kube-system"
_SELECTOR = {"app.kubernetes.io/name": NAME, "app.kubernetes.io/instance": f"{NAME}-{NAMESPACE}"}
_HARDENED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
_UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "k": 10**3, "M": 10**6, "G": 10**9}
_MIB = 2**20
Object = dict[str, Any]


def chart(image: str, *given: Values) -> list[Object]:
    """Everything that the values ask for, in the order in which Helm installs kinds.

    Args:
        image: Of the container; k3s names its own mirror of traefik's.
        given: Values of HelmChartConfigs.

    Raises:
        ChartError: a value that the chart, or the lab, does not take.
    """
    values = chart_values(*given)
    return [*_file(values), *_claim(values), _service(values), _deployment(values, image)]


def _file(values: Values) -> list[Object]:
    """The text that the file provider reads: text in this chart, a mapping from v41 on."""
    file = values["providers"]["file"]
    if not file["enabled"]:
        return []
    if not isinstance(file["content"], str):
        raise ChartError("providers.file.content is text in this chart: a mapping makes a ConfigMap that is refused")
    return [{**_head("v1", "ConfigMap", f"{NAME}-file-provider"), "data": {"config.yml": file["content"]}}]


def _claim(values: Values) -> list[Object]:
    asked = values["persistence"]
    if not asked["enabled"] or asked["existingClaim"]:
        return []
    claim = _head("v1", "PersistentVolumeClaim", NAME)
    claim["metadata"]["annotations"] = {**(asked["annotations"] or {}), "helm.sh/resource-policy": "keep"}
    spec: Object = {"accessModes": [asked["accessMode"]], "resources": {"requests": {"storage": asked["size"]}}}
    if asked["storageClass"] is not None:
        spec["storageClassName"] = asked["storageClass"]
    return [{**claim, "spec": spec}]


def _service(values: Values) -> Object:
    asked = values["service"]
    made = _head("v1", "Service", NAME)
    made["metadata"]["labels"] |= asked["labels"] or {}
    made["metadata"]["annotations"] = asked["annotations"] or {}
    ports = [_service_port(name, one) for name, one in values["ports"].items() if (one["expose"] or {}).get("default")]
    if not ports:
        raise ChartError(f"ERROR: Cannot create Service {NAME} without ports")
    return {**made, "spec": {**asked["spec"], "selector": _SELECTOR, "ports": ports}}


def _service_port(name: str, port: Values) -> Object:
    made = {"name": name, "port": port["exposedPort"], "targetPort": name, "protocol": port["protocol"]}
    return {**made, "nodePort": port["nodePort"]} if port["nodePort"] else made


def _deployment(values: Values, image: str) -> Object:
    asked = values["deployment"]
    template = {
        "metadata": {"labels": _labels(), "annotations": asked["podAnnotations"] or {}},
        "spec": {
            "priorityClassName": values["priorityClassName"],
            "serviceAccountName": NAME,
            "terminationGracePeriodSeconds": asked["terminationGracePeriodSeconds"] or 60,
            "tolerations": values["tolerations"],
            "securityContext": values["podSecurityContext"],
            "containers": [_container(values, image)],
            "volumes": _volumes(values),
        },
    }
    spec = {
        "replicas": 1,
        "selector": {"matchLabels": _SELECTOR},
        "strategy": values["updateStrategy"],
        "template": template,
    }
    return {**_head("apps/v1", "Deployment", NAME), "spec": spec}


def _container(values: Values, image: str) -> Object:
    probe = {"httpGet": {"path": "/ping", "port": values["ports"]["traefik"]["port"], "scheme": "HTTP"}}
    timing = {"initialDelaySeconds": 2, "periodSeconds": 10, "successThreshold": 1, "timeoutSeconds": 2}
    return {
        "name": NAME,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "resources": values["resources"] or {},
        "args": arguments(values, f"{NAMESPACE}/{NAME}"),
        "env": _environment(values),
        "ports": [_port(name, one) for name, one in values["ports"].items()],
        "securityContext": _HARDENED,
        "livenessProbe": {**probe, **timing, "failureThreshold": 3},
        "readinessProbe": {**probe, **timing, "failureThreshold": 1},
        "volumeMounts": _mounts(values),
    }


def _port(name: str, port: Values) -> Object:
    made = {"name": name, "containerPort": port["port"], "protocol": port["protocol"]}
    return {**made, "hostPort": port["hostPort"]} if port["hostPort"] else made


def _environment(values: Values) -> list[Object]:
    """Go collects its garbage by the limits."""
    limits = (values["resources"] or {}).get("limits") or {}
    made: list[Object] = [
        {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
        {"name": "USER", "value": NAME},
    ]
    if limits.get("cpu"):
        made.append(
            {"name": "GOMAXPROCS", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1"}}}
        )
    share = values["deployment"]["goMemLimitPercentage"]
    if limits.get("memory") and share:
        made.append({"name": "GOMEMLIMIT", "value": f"{math.floor(_bytes(limits['memory']) * share / _MIB)}MiB"})
    return [*made, *(values["env"] or [])]


def _bytes(quantity: str) -> float:
    unit = next((one for one in _UNITS if str(quantity).endswith(one)), "")
    return float(str(quantity).removesuffix(unit)) * _UNITS.get(unit, 1)


def _mounts(values: Values) -> list[Object]:
    asked = values["persistence"]
    made = [{"name": asked["name"], "mountPath": asked["path"]}, {"name": "tmp", "mountPath": "/tmp"}]  # noqa: S108  a mount in the container
    made += [{"name": _dashed(one), "mountPath": one["mountPath"], "readOnly": True} for one in values["volumes"] or []]
    file = {"name": "traefik-extra-config", "mountPath": "/etc/traefik/dynamic"}
    return [*made, file] if values["providers"]["file"]["enabled"] else made


def _volumes(values: Values) -> list[Object]:
    asked = values["persistence"]
    claim = {"persistentVolumeClaim": {"claimName": asked["existingClaim"] or NAME}}
    data = {"name": asked["name"], **(claim if asked["enabled"] else {"emptyDir": {}})}
    made: list[Object] = [data, {"name": "tmp", "emptyDir": {}}, *map(_mounted, values["volumes"] or [])]
    file = {"name": "traefik-extra-config", "configMap": {"name": f"{NAME}-file-provider"}}
    return [*made, file] if values["providers"]["file"]["enabled"] else made


def _mounted(volume: Object) -> Object:
    """Of another type the chart makes a volume without a source, which the API server takes for an empty folder."""
    dashed, name = _dashed(volume), volume["name"]
    sources = {"secret": {"secret": {"secretName": name}}, "configMap": {"configMap": {"name": name}}}
    return {"name": dashed, **sources.get(volume.get("type", ""), {})}


def _dashed(volume: Object) -> str:
    if not isinstance(volume, dict) or not volume.get("name") or not volume.get("mountPath"):
        raise ChartError(f"volumes: {volume!r} has no name or no mountPath")
    return str(volume["name"]).replace(".", "-")


def _labels() -> dict[str, str]:
    return dict(_SELECTOR)


def _head(version: str, kind: str, name: str) -> Object:
    metadata = {"name": name, "namespace": NAMESPACE, "labels": _labels()}
    return {"apiVersion": version, "kind": kind, "metadata": metadata}


def given_values(documents: list[Object]) -> list[Values]:
    """Values of the HelmChartConfigs among documents, in their order.

    Raises:
        ChartError: what one holds is no mapping of values.
    """
    found = []
    for one in documents:
        if one.get("kind") != "HelmChartConfig" or (one.get("metadata") or {}).get("name") != NAME:
            continue
        try:
            values = yaml.safe_load((one.get("spec") or {}).get("valuesContent") or "") or {}
        except yaml.YAMLError as error:
            raise ChartError(f"valuesContent is no YAML: {error}") from error
        if not isinstance(values, dict):
            raise ChartError("valuesContent holds no mapping")
        found.append(values)
    return found
