"""k3s's load balancer: a DaemonSet for every Service of type LoadBalancer, and the nodes' addresses in its status.

As in pkg/cloudprovider/servicelb.go of k3s.  Packets that arrive under an address of that status are kube-proxy's, the
load balancer's pods never see them: with the policy Cluster it masquerades them, with Local it does not.  Under any
other address of the node they are the pods', and these masquerade always (klipper-lb).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from lab.nodes.real.k3s.guest import log, network
from lab.nodes.real.k3s.guest.api import APPLY_PATCH, MERGE_PATCH, Api
from lab.nodes.real.k3s.guest.config import Config

Object = dict[str, Any]
IMAGE = "lab.stagecoach.dev/lab/service-lb:1.8.11"
_NAMESPACE, _MANAGER = "kube-system", "k3s-cloud-controller-manager"
_NAME, _OF = "svccontroller.k3s.cattle.io/svcname", "svccontroller.k3s.cattle.io/svcnamespace"
_SETS = f"/apis/apps/v1/namespaces/{_NAMESPACE}/daemonsets"
_SOON, _LATER = 1.0, 5.0  # seconds between two looks: while a status is not there yet, and then


@dataclass
class ServiceLb:
    """One look at a time; `lab.nodes.real.k3s.guest.lifecycle.Lifecycle.repeat` calls it."""

    api: Api
    config: Config
    _applied: dict[str, str] = field(default_factory=dict)

    def look(self) -> float:
        """Seconds until the next look."""
        services = self._services()
        wanted = {name_of(one): one for one in services}
        for name, service in wanted.items():
            self._apply(name, daemon_set(service))
        self._remove(set(wanted))
        settled = [self._settle(one) for one in services]
        return _LATER if all(settled) else _SOON

    def _services(self) -> list[Object]:
        if "servicelb" in self.config.disabled:
            return []
        found: list[Object] = self.api.request("GET", "/api/v1/services")["items"]
        return [one for one in found if one["spec"].get("type") == "LoadBalancer"]

    def _apply(self, name: str, content: Object) -> None:
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        if self._applied.get(name) != digest:
            self.api.request("PATCH", f"{_SETS}/{name}?fieldManager={_MANAGER}&force=true", content, APPLY_PATCH)
            self._applied[name] = digest
            log.info(f"Applied LoadBalancer DaemonSet {_NAMESPACE}/{name}")

    def _remove(self, wanted: set[str]) -> None:
        for one in self.api.request("GET", f"{_SETS}?labelSelector={_NAME}")["items"]:
            name = one["metadata"]["name"]
            if name not in wanted:
                self.api.request("DELETE", f"{_SETS}/{name}")
                self._applied.pop(name, None)
                log.info(f"Deleted LoadBalancer DaemonSet {_NAMESPACE}/{name}")

    def _settle(self, service: Object) -> bool:
        """Whether the status names an address."""
        meta = service["metadata"]
        ready = self._nodes_with_endpoints(service) if local(service) else None
        selector = f"{_NAME}={meta['name']},{_OF}={meta['namespace']}"
        pods = self.api.request("GET", f"/api/v1/namespaces/{_NAMESPACE}/pods?labelSelector={selector}")["items"]
        nodes = sorted({one["spec"].get("nodeName", "") for one in pods if _is_ready(one)} - {""})
        addresses = self._addresses([one for one in nodes if ready is None or one in ready])
        status = [{"ip": one} for one in addresses]
        if [{"ip": one.get("ip")} for one in service["status"].get("loadBalancer", {}).get("ingress", [])] != status:
            path = f"/api/v1/namespaces/{meta['namespace']}/services/{meta['name']}/status"
            self.api.request("PATCH", path, {"status": {"loadBalancer": {"ingress": status}}}, MERGE_PATCH)
        return bool(status)

    def _nodes_with_endpoints(self, service: Object) -> set[str]:
        meta = service["metadata"]
        path = f"/apis/discovery.k8s.io/v1/namespaces/{meta['namespace']}/endpointslices"
        slices = self.api.request("GET", f"{path}?labelSelector=kubernetes.io/service-name={meta['name']}")["items"]
        ends = [end for one in slices for end in one.get("endpoints") or []]
        return {end["nodeName"] for end in ends if end.get("nodeName") and end.get("conditions", {}).get("ready")}

    def _addresses(self, nodes: list[str]) -> list[str]:
        """External ones if a node has any, else the nodes' internal ones."""
        if self.config.node_name in nodes and self.config.node_external_ips:
            return sorted({arriving(one) for one in self.config.node_external_ips})
        found = []
        for name in nodes:
            status = (self.api.get(f"/api/v1/nodes/{name}") or {}).get("status", {})
            found += [one["address"] for one in status.get("addresses", []) if one["type"] == "InternalIP"]
        return sorted(found)


def arriving(address: str) -> str:
    """The lab's public addresses are this machine's loopback: a server has the first address of eth0 instead."""
    return network.first_of("eth0") or address if address.startswith("127.") else address


def name_of(service: Object) -> str:
    """Of the DaemonSet: by the Service's name and the start of its id."""
    return f"svclb-{service['metadata']['name'][:48].rstrip('-')}-{service['metadata']['uid'][:8]}"


def local(service: Object) -> bool:
    """Whether packets stay on the node that they reached."""
    return bool(service["spec"].get("externalTrafficPolicy") == "Local")


def daemon_set(service: Object) -> Object:
    """One container for each port: it rewrites packets and sleeps."""
    name, meta = name_of(service), service["metadata"]
    labels = {_NAME: meta["name"], _OF: meta["namespace"]}
    spec = {
        "priorityClassName": "system-node-critical",
        "serviceAccountName": "svclb",
        "automountServiceAccountToken": False,
        "securityContext": {"sysctls": [{"name": "net.ipv4.ip_forward", "value": "1"}]},
        "tolerations": [
            {"key": "CriticalAddonsOnly", "operator": "Exists"},
            {"key": "node-role.kubernetes.io/control-plane", "operator": "Exists", "effect": "NoSchedule"},
        ],
        "containers": [_container(service, one) for one in service["spec"]["ports"]],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": name, "namespace": _NAMESPACE, "labels": labels},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name, **labels}}, "spec": spec},
        },
    }


def _container(service: Object, port: Object) -> Object:
    name, protocol = f"lb-{port['protocol'].lower()}-{port['port']}", port["protocol"]
    environment: list[Object] = [
        {"name": "SRC_PORT", "value": str(port["port"])},
        {"name": "DEST_PROTO", "value": protocol},
    ]
    if local(service):
        hosts = {"valueFrom": {"fieldRef": {"fieldPath": "status.hostIPs"}}}
        environment += [{"name": "DEST_PORT", "value": str(port["nodePort"])}, {"name": "DEST_IPS", **hosts}]
    else:
        addresses = ",".join(service["spec"]["clusterIPs"])
        environment += [{"name": "DEST_PORT", "value": str(port["port"])}, {"name": "DEST_IPS", "value": addresses}]
    return {
        "name": name,
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "ports": [
            {"name": name, "containerPort": port["port"], "hostPort": port["port"], "protocol": protocol},
        ],
        "env": environment,
        "securityContext": {"capabilities": {"add": ["NET_ADMIN"]}},
    }


def _is_ready(pod: Object) -> bool:
    conditions = {one["type"]: one["status"] for one in pod["status"].get("conditions", [])}
    return conditions.get("Ready") == "True" and bool(pod["status"].get("podIP"))
