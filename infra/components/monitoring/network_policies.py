"""Limit who may connect to Prometheus and Grafana, and what they may connect to."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import meta, networking

from infra.components._kubernetes import metadata
from infra.components.outside import Outside, internet, private_addresses
from infra.names import APP_NAMESPACE, GRAFANA, PROMETHEUS, SYSTEM_NAMESPACE, selector

_NAMESPACE = "kubernetes.io/metadata.name"
_WEB_PORT, _DNS_PORT = 9090, 53
_METRIC_PORTS = (9187, 9121, 9808)  # postgres, redis and queue exporter
_SERVER_PORTS = (6443, 10250, 9100)  # the API that lists the targets, kubelet, node-exporter
_TRAEFIK_PORT = 9100

Peer = networking.v1.NetworkPolicyPeerArgs


@dataclass(frozen=True, kw_only=True)
class MonitoringPoliciesArgs:
    """Hold the inputs of `MonitoringPolicies`."""

    namespace: pulumi.Input[str]
    outside: Outside
    servers_network: str  # contains the servers' private addresses, where Prometheus reads them


class MonitoringPolicies(pulumi.ComponentResource):
    """Register the policies of the monitoring namespace.

    They do not cover node-exporter, which is on the host's network. A port-forward comes from inside the pod's own
    network and needs no rule.
    """

    def __init__(self, name: str, args: MonitoringPoliciesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("stagecoach:monitoring:MonitoringPolicies", name, None, opts)
        dns = Peer(namespace_selector=_named({_NAMESPACE: SYSTEM_NAMESPACE}))
        prometheus, grafana = _named(selector(PROMETHEUS)), _named(selector(GRAFANA))
        every_pod = meta.v1.LabelSelectorArgs()
        specs = {
            "default-deny": networking.v1.NetworkPolicySpecArgs(
                pod_selector=every_pod, policy_types=["Ingress", "Egress"]
            ),
            "dns": _egress(every_pod, dns, (_DNS_PORT,), ("UDP", "TCP")),
            "prometheus-out": networking.v1.NetworkPolicySpecArgs(
                pod_selector=prometheus, policy_types=["Egress"], egress=[*_targets(args), internet(args.outside)]
            ),
            "grafana-to-prometheus": _egress(grafana, Peer(pod_selector=prometheus), (_WEB_PORT,)),
            "prometheus-in": _ingress(prometheus, Peer(pod_selector=grafana), _WEB_PORT),
        }
        if args.outside.egress_cidrs:  # an alert's receiver may be in a private network
            specs["to-private"] = networking.v1.NetworkPolicySpecArgs(
                pod_selector=prometheus, policy_types=["Egress"], egress=private_addresses(args.outside)
            )
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


def _targets(args: MonitoringPoliciesArgs) -> list[networking.v1.NetworkPolicyEgressRuleArgs]:
    """Let Prometheus read the pods' exporters, traefik, and the ports on each server's private address."""
    app = Peer(namespace_selector=_named({_NAMESPACE: APP_NAMESPACE}))
    traefik = Peer(namespace_selector=_named({_NAMESPACE: SYSTEM_NAMESPACE}))
    servers = Peer(ip_block=networking.v1.IPBlockArgs(cidr=args.servers_network))
    return [_rule(app, _METRIC_PORTS), _rule(traefik, (_TRAEFIK_PORT,)), _rule(servers, _SERVER_PORTS)]


def _egress(
    pods: meta.v1.LabelSelectorArgs, peer: Peer, ports: tuple[int, ...], protocols: tuple[str, ...] = ("TCP",)
) -> networking.v1.NetworkPolicySpecArgs:
    rule = _rule(peer, ports, protocols)
    return networking.v1.NetworkPolicySpecArgs(pod_selector=pods, policy_types=["Egress"], egress=[rule])


def _rule(
    peer: Peer, ports: tuple[int, ...], protocols: tuple[str, ...] = ("TCP",)
) -> networking.v1.NetworkPolicyEgressRuleArgs:
    doors = [networking.v1.NetworkPolicyPortArgs(port=port, protocol=one) for port in ports for one in protocols]
    return networking.v1.NetworkPolicyEgressRuleArgs(to=[peer], ports=doors)


def _ingress(pods: meta.v1.LabelSelectorArgs, peer: Peer, port: int) -> networking.v1.NetworkPolicySpecArgs:
    doors = [networking.v1.NetworkPolicyPortArgs(port=port, protocol="TCP")]
    rule = networking.v1.NetworkPolicyIngressRuleArgs(from_=[peer], ports=doors)
    return networking.v1.NetworkPolicySpecArgs(pod_selector=pods, policy_types=["Ingress"], ingress=[rule])
