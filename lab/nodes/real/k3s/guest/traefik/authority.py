"""The lab's own certificate authority in place of Let's Encrypt, which nobody reaches from here."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]
_GATEWAY, _NAME, _PORT = "100.64.0.1", "pebble", 14000  # the certificate of its own HTTPS is for this name
_FOLDER, _FILE, _VOLUME = "/stagecoach-lab", "authority.pem", "stagecoach-lab-authority"
_PREFIX, _SUFFIX = "--certificatesresolvers.", ".acme.email="


def with_authority(objects: list[Object], certificate: str) -> list[Object]:
    """Every ACME resolver that names no server gets the lab's, and the pod its certificate.

    Args:
        objects: Of the chart; those without such a resolver come back as they are.
        certificate: What signed the ACME server's own HTTPS, as PEM.
    """
    (deployment,) = (one for one in objects if one["kind"] == "Deployment")
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    added = [word for name in _resolvers(container["args"]) for word in _arguments(name)]
    if not added:
        return objects
    container["args"] += added
    container["volumeMounts"].append({"name": _VOLUME, "mountPath": _FOLDER, "readOnly": True})
    pod["volumes"].append({"name": _VOLUME, "configMap": {"name": _VOLUME}})
    pod["hostAliases"] = [{"ip": _GATEWAY, "hostnames": [_NAME]}]
    metadata = {"name": _VOLUME, "namespace": deployment["metadata"]["namespace"]}
    return [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {_FILE: certificate}}, *objects]


def _resolvers(arguments: list[str]) -> list[str]:
    names = [one[len(_PREFIX) : one.index(_SUFFIX)] for one in arguments if one.startswith(_PREFIX) and _SUFFIX in one]
    return [one for one in names if not any(word.startswith(f"{_PREFIX}{one}.acme.caServer=") for word in arguments)]


def _arguments(name: str) -> tuple[str, str]:
    resolver = f"{_PREFIX}{name}.acme"
    return (f"{resolver}.caServer=https://{_NAME}:{_PORT}/dir", f"{resolver}.caCertificates={_FOLDER}/{_FILE}")
