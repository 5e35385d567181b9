"""What lies outside of the cluster, as rules of network policies: the internet, and private networks that are named."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import networking

from infra.pod_network import PRIVATE_NETWORKS

Rule = networking.v1.NetworkPolicyEgressRuleArgs


@dataclass(frozen=True, kw_only=True)
class Outside:
    """The server's addresses, which no pod of the app reaches, and the private networks that the stack file names."""

    public_ip: pulumi.Input[str]
    private_ip: pulumi.Input[str]
    egress_cidrs: tuple[str, ...]


def internet(outside: Outside) -> Rule:
    """Every port of every public address but the server's own: SSH, API and kubelet listen there, too.

    Celery's servers have public addresses as well: theirs are behind the cloud's firewall, and closed on the server
    itself (base.sh).
    """
    own = pulumi.Output.from_input(outside.public_ip).apply(lambda address: [*PRIVATE_NETWORKS, f"{address}/32"])
    return _to(networking.v1.IPBlockArgs(cidr="0.0.0.0/0", except_=own))


def private_addresses(outside: Outside) -> pulumi.Output[list[Rule]]:
    """One rule for each named network, never the server's own address."""
    return pulumi.Output.from_input(outside.private_ip).apply(
        lambda address: [
            _to(networking.v1.IPBlockArgs(cidr=one)) for one in outside.egress_cidrs if one != f"{address}/32"
        ]
    )


def _to(block: networking.v1.IPBlockArgs) -> Rule:
    return Rule(to=[networking.v1.NetworkPolicyPeerArgs(ip_block=block)])
