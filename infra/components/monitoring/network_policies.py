"""Who may talk to Prometheus and Grafana, and whom they may call."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import meta, networking

from infra.components._kubernetes import metadata
from infra.names import GRAFANA, PROMETHEUS, SYSTEM_NAMESPACE, selector

_METADATA_SERVICE = "169.254.169.254/32"
_WEB_PORT, _DNS_PORT = 9090, 53

Peer = networking.v1.NetworkPolicyPeerArgs


@dataclass(frozen=True, kw_only=True)
class MonitoringPoliciesArgs:
    """Inputs of `MonitoringPolicies`."""

    namespace: pulumi.Input[str]


class MonitoringPolicies(pulumi.ComponentResource):
    """Policies of the monitoring namespace; node-exporter is on the host's network, where none applies.

    A port-forward comes from inside the pod's own network and needs no door.
    """

    def __init__(self, name: str, args: MonitoringPoliciesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:monitoring:MonitoringPolicies", name, None, opts)
        dns = Peer(namespace_selector=_named({"kubernetes.io/metadata.name": SYSTEM_NAMESPACE}))
        prometheus, grafana = _named(selector(PROMETHEUS)), _named(selector(GRAFANA))
        # Scrapes on the servers' addresses, receivers of alerts anywhere; never the cloud's metadata service.
        anywhere = Peer(ip_block=networking.v1.IPBlockArgs(cidr="0.0.0.0/0", except_=[_METADATA_SERVICE]))
        every_pod = meta.v1.LabelSelectorArgs()
        specs = {
            "default-deny": networking.v1.NetworkPolicySpecArgs(
                pod_selector=every_pod, policy_types=["Ingress", "Egress"]
            ),
            "dns": _egress(every_pod, dns, (_DNS_PORT,), ("UDP", "TCP")),
            "prometheus-out": _egress(prometheus, anywhere, ()),
            "grafana-to-prometheus": _egress(grafana, Peer(pod_selector=prometheus), (_WEB_PORT,)),
            "prometheus-in": _ingress(prometheus, Peer(pod_selector=grafana), _WEB_PORT),
        }
        self.ready: list[pulumi.Resource] = [
            networking.v1.NetworkPolicy(
                f"{name}-{suffix}",
                metadata=metadata(suffix, args.namespace),
                spec=spec,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for suffix, spec in specs.items()
        ]
        self.register_outputs({})


def _named(labels: dict[str, str]) -> meta.v1.LabelSelectorArgs:
    return meta.v1.LabelSelectorArgs(match_labels=labels)


def _egress(
    pods: meta.v1.LabelSelectorArgs, peer: Peer, ports: tuple[int, ...], protocols: tuple[str, ...] = ("TCP",)
) -> networking.v1.NetworkPolicySpecArgs:
    doors = [networking.v1.NetworkPolicyPortArgs(port=port, protocol=one) for port in ports for one in protocols]
    rule = networking.v1.NetworkPolicyEgressRuleArgs(to=[peer], ports=doors or None)
    return networking.v1.NetworkPolicySpecArgs(pod_selector=pods, policy_types=["Egress"], egress=[rule])


def _ingress(pods: meta.v1.LabelSelectorArgs, peer: Peer, port: int) -> networking.v1.NetworkPolicySpecArgs:
    doors = [networking.v1.NetworkPolicyPortArgs(port=port, protocol="TCP")]
    rule = networking.v1.NetworkPolicyIngressRuleArgs(from_=[peer], ports=doors)
    return networking.v1.NetworkPolicySpecArgs(pod_selector=pods, policy_types=["Ingress"], ingress=[rule])
