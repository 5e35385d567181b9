"""DigitalOcean's firewall of one Droplet."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_digitalocean as digitalocean

from infra.clouds.interface import EVERYONE
from infra.pod_network import private_range

_ALL_PORTS = "1-65535"
_EVERYTHING = (("tcp", _ALL_PORTS), ("udp", _ALL_PORTS), ("icmp", None))


def firewall_of(
    name: str,
    deployment: str,
    server: digitalocean.Droplet,
    opened: Sequence[tuple[str, Sequence[str]]],
    opts: pulumi.ResourceOptions,
) -> digitalocean.Firewall:
    """Opens TCP ports to the internet, everything to the private network, and the way out.

    A firewall here looks at the private network, too, and lets nothing out without a rule.  It names the Droplet by
    its id, one firewall each: a firewall takes ten ids.
    """
    inside = private_range(deployment)
    inbound = [
        digitalocean.FirewallInboundRuleArgs(protocol="tcp", port_range=port, source_addresses=list(sources))
        for port, sources in opened
    ]
    return digitalocean.Firewall(
        name,
        name=server.name,
        droplet_ids=[server.id.apply(int)],
        inbound_rules=[
            *inbound,
            *(
                digitalocean.FirewallInboundRuleArgs(protocol=protocol, port_range=ports, source_addresses=[inside])
                for protocol, ports in _EVERYTHING
            ),
        ],
        outbound_rules=[
            digitalocean.FirewallOutboundRuleArgs(
                protocol=protocol, port_range=ports, destination_addresses=list(EVERYONE)
            )
            for protocol, ports in _EVERYTHING
        ],
        opts=opts,
    )
