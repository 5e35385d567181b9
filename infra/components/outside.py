"""Describe the world outside the cluster in network policies: the internet, and the private networks that are named."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import networking

from infra.pod_network import PRIVATE_NETWORKS

Rule = networking.v1.NetworkPolicyEgressRuleArgs


@dataclass(frozen=True, kw_only=True)
class Outside:
    """Hold the server's addresses, which the app must not reach, and the private networks that the stack file names."""

    public_ip: pulumi.Input[str]
    private_ip: pulumi.Input[str]
    egress_cidrs: tuple[str, ...]


def internet(outside: Outside) -> Rule:
    """Allow every port of every public address except the server's own, where SSH, API and kubelet listen.

    Celery servers have public addresses as well. The cloud's firewall protects those from other machines, and each of
    these servers rejects connections from its own pods (base.sh).
    """
    own = pulumi.Output.from_input(outside.public_ip).apply(lambda address: [*PRIVATE_NETWORKS, f"{address}/32"])
    return _to(networking.v1.IPBlockArgs(cidr="0.0.0.0/0", except_=own))


def private_addresses(outside: Outside) -> pulumi.Output[list[Rule]]:
    """Allow each named network, but never the server's own address."""
    return pulumi.Output.from_input(outside.private_ip).apply(
        lambda address: [
            _to(networking.v1.IPBlockArgs(cidr=one)) for one in outside.egress_cidrs if one != f"{address}/32"
        ]
    )


def _to(block: networking.v1.IPBlockArgs) -> Rule:
    return Rule(to=[networking.v1.NetworkPolicyPeerArgs(ip_block=block)])
