"""Build the firewall of one Droplet."""

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
    """Build a firewall that opens TCP ports to the internet, every port to the private network, and the way out.

    DigitalOcean's firewalls also filter the private network, and block outgoing traffic that no rule allows. Each
    Droplet gets a firewall of its own, because a firewall takes at most ten Droplet ids.

    Args:
        name: Logical name of the firewall.
        deployment: The deployment, from whose name the private network's range follows.
        server: The Droplet that the firewall protects; the firewall is named after it.
        opened: Pairs of a TCP port and the networks that may connect to it.
        opts: Options of the resource.
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
