"""Check networks that may reach the server, or that pods may reach; they are compared as networks, not as text."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from infra.clouds.facts import CloudFacts
from infra.pod_network import METADATA_SERVICE, POD_NETWORK, PRIVATE_NETWORKS, SERVICE_NETWORK
from infra.stack_file.strict import Between

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# A company owns less than this; a larger network is as open as the whole internet.
_LARGEST = {4: 2**24, 6: 2**112}  # number of addresses in a /8 of IPv4, and in a /16 of IPv6
_MOST = 1000  # the limit at every cloud: where each network is a rule, it is also a Pulumi resource
_MOST_REACHED = 100  # every server checks each new connection of a pod against one rule for each network
# The internet routes no packets from these networks (RFC 1918, 6598, 3927, 4193, 4291).
_PRIVATE = (*PRIVATE_NETWORKS, "fc00::/7", "fe80::/10")
# These networks contain no hosts: "this network", benchmarks, multicast and reserved ranges (IANA's special-purpose
# registries).
_NOBODYS = ("0.0.0.0/8", "198.18.0.0/15", "224.0.0.0/3", "fec0::/10", "ff00::/8")
# Packets from the internet never carry a loopback address, but the lab reaches its clouds through one.
_LOOPBACK = ("127.0.0.0/8", "::1/128")
# The app's pods may never reach these networks, for the reason beside each.
_KEPT_CLOSED = {
    POD_NETWORK: "the pods of every namespace",
    SERVICE_NETWORK: "the cluster's services",
    METADATA_SERVICE: "the cloud's metadata services",
}


def network(text: str) -> str:
    """Return the network in the form that every provider uses; a single address becomes a network of one.

    Args:
        text: A network or an address.

    Raises:
        ValueError: The text is not a network, or it names an address inside a network.
    """
    if "%" in text:
        bare = text.partition("%")[0]
        raise ValueError(f"{text[:60]} names an interface of one machine, which no firewall knows; write {bare}")
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        pass
    try:
        around = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f"{text[:60]} is not a network such as 203.0.113.0/24, nor an address") from None
    address = text.partition("/")[0]
    raise ValueError(f"{text} is an address in {around}; write {around} for all of them, {address} for the one")


def _once(networks: tuple[str, ...]) -> tuple[str, ...]:
    """Drop duplicates, because a provider may refuse a rule twice: an address and its network of one are equal."""
    return tuple(dict.fromkeys(networks))


AdminNetwork = Annotated[str, AfterValidator(network)]
AdminNetworks = Annotated[tuple[AdminNetwork, ...], Field(max_length=_MOST), AfterValidator(_once)]


def reached_network(text: str) -> str:
    """Return a private network that the app's pods may reach.

    Args:
        text: A network or an address.

    Raises:
        ValueError: The text is not a network, is IPv6, is not private, or overlaps a network that stays closed to pods.
    """
    written = network(text)
    given = ipaddress.ip_network(written)
    if given.version != 4:  # noqa: PLR2004  the version of IP
        raise ValueError(f"{written} is of IPv6, and pods have no IPv6 address; name the IPv4 address")
    for closed, what in _KEPT_CLOSED.items():
        if given.overlaps(ipaddress.ip_network(closed)):
            raise ValueError(f"{written} overlaps {closed}, {what}, which stay closed to pods; name a smaller network")
    if not private_networks([written]) and any(_lies_in(given, one) for one in _CLOSED):
        raise ValueError(f"{written} is a network that no packet of a pod leaves its machine to; leave it out")
    if not private_networks([written]):
        raise ValueError(f"{written} is no private network; pods reach every public address anyway: leave it out")
    return written


_ReachedNetwork = Annotated[str, AfterValidator(reached_network)]
ReachedNetworks = Annotated[tuple[_ReachedNetwork, ...], Field(max_length=_MOST_REACHED), AfterValidator(_once)]


def too_wide(networks: Iterable[str]) -> list[str]:
    """Return the networks, with neighbours merged, if they contain more addresses than any company owns.

    Private and reserved networks do not count, because they open nothing to the internet.

    Args:
        networks: The networks, each as `network` returns it.
    """
    parsed = _parsed(networks)
    joined: dict[int, list[Network]] = {
        4: list(ipaddress.collapse_addresses(one for one in parsed if isinstance(one, ipaddress.IPv4Network))),
        6: list(ipaddress.collapse_addresses(one for one in parsed if isinstance(one, ipaddress.IPv6Network))),
    }
    return [
        str(one)
        for version, found in joined.items()
        if sum(_public_addresses(one) for one in found) > _LARGEST[version]
        for one in found
        if _public_addresses(one)
    ]


def _public_addresses(one: Network) -> int:
    """Count the public addresses; if two networks overlap, one contains the other."""
    return one.num_addresses - sum(
        min(one.num_addresses, other.num_addresses) for other in _CLOSED if _meet(one, other)
    )


def _meet(one: Network, other: Network) -> bool:
    return _lies_in(one, other) or _lies_in(other, one)


def private_networks(networks: Iterable[str]) -> list[str]:
    """Return the networks that are private: of a house, an office or a cloud's inside.

    Args:
        networks: The networks, each as `network` returns it.
    """
    return _within(networks, _PRIVATE)


def unseen_networks(networks: Iterable[str]) -> list[str]:
    """Return the networks from which no packet reaches a cloud's firewall, except for loopback, which the lab uses.

    Args:
        networks: The networks, each as `network` returns it.
    """
    return _within(networks, (*_PRIVATE, *_NOBODYS))


def _within(networks: Iterable[str], others: Iterable[str]) -> list[str]:
    around = _parsed(others)
    return [str(one) for one in _parsed(networks) if any(_lies_in(one, other) for other in around)]


def admin_problems(networks: tuple[str, ...], cloud: CloudFacts, *, public: bool) -> Iterator[Between]:
    """Yield the problems of `admin_cidrs`: too many networks for the provider, or too many addresses.

    Args:
        networks: The value of `admin_cidrs`.
        cloud: The facts of the provider.
        public: The value of `public_admin`.
    """
    most = cloud.networks_of_rule or _MOST
    if len(networks) > most:
        # The provider would refuse the rule in the middle of the update.
        allowed = (
            f"at most {most} networks, which a rule of {cloud.title}'s firewall takes, and there are {len(networks)}"
        )
        hint = "Join neighbours to larger networks, or let people come through a VPN with one address"
        yield Between(path="admin_cidrs", value="", allowed=allowed, needs=("admin_cidrs", "provider"), hint=hint)
    if not public and (wide := too_wide(networks)):
        allowed = (
            "more addresses than anybody owns (a /8 of IPv4, a /16 of IPv6): that opens SSH and the Kubernetes API "
            "to strangers; name your own networks, or set public_admin"
        )
        needs = ("admin_cidrs", "public_admin")
        yield Between(path="admin_cidrs", value=", ".join(wide), allowed=allowed, needs=needs)


def egress_problems(networks: Iterable[str], servers: str) -> Iterator[Between]:
    """Yield a problem for each network of `egress_cidrs` that contains more than one address of the servers' network.

    Args:
        networks: The value of `egress_cidrs`.
        servers: The private network of the deployment's servers.
    """
    for one in _parsed(networks):
        if one.num_addresses > 1 and one.overlaps(ipaddress.ip_network(servers)):
            allowed = f"not the servers' own network {servers}: that opens their SSH and kubelets to the app's pods"
            hint = "Name the one address that the app needs, with /32 behind it"
            needs = ("egress_cidrs", "provider", "name")
            yield Between(path="egress_cidrs", value=str(one), allowed=allowed, needs=needs, hint=hint)


def _lies_in(inner: Network, outer: Network) -> bool:
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _parsed(networks: Iterable[str]) -> list[Network]:
    return [ipaddress.ip_network(one) for one in networks]


# These are parsed once instead of for each network of a list.
_CLOSED = _parsed((*_PRIVATE, *_NOBODYS, *_LOOPBACK))
