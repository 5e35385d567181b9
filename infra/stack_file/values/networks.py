"""Networks that may reach the server, and that pods may reach: compared as networks and not as text."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from infra.clouds.facts import CloudFacts
from infra.pod_network import METADATA_SERVICE, POD_NETWORK, PRIVATE_NETWORKS, SERVICE_NETWORK
from infra.stack_file.strict import Between

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# A company's own block is smaller; what is larger is as good as the whole internet.
_LARGEST = {4: 2**24, 6: 2**112}  # addresses of a /8, of a /16
_MOST = 1000  # at any cloud: where each network is a rule, it is a resource of its own
_MOST_REACHED = 100  # each is a rule that every server checks new connections of pods by
# No packet from the internet comes from there (RFC 1918, 6598, 3927, 4193, 4291).
_PRIVATE = (*PRIVATE_NETWORKS, "fc00::/7", "fe80::/10")
# Nor from a network without a host of its own: this one, benchmarks, multicast and what is kept for later (IANA's
# special-purpose registries).
_NOBODYS = ("0.0.0.0/8", "198.18.0.0/15", "224.0.0.0/3", "fec0::/10", "ff00::/8")
# Nor from a machine's own addresses; but the lab's clouds are reached there.
_LOOPBACK = ("127.0.0.0/8", "::1/128")
# What no list may open to the app's pods, and what lies there.
_KEPT_CLOSED = {
    POD_NETWORK: "the pods of every namespace",
    SERVICE_NETWORK: "the cluster's services",
    METADATA_SERVICE: "the cloud's metadata services",
}


def network(text: str) -> str:
    """The network as every provider writes it: an address is a network of one.

    Raises:
        ValueError: it is none, or names an address inside of it.
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
    """An address and its network of one are the same rule, which a provider may refuse to have twice."""
    return tuple(dict.fromkeys(networks))


AdminNetwork = Annotated[str, AfterValidator(network)]
AdminNetworks = Annotated[tuple[AdminNetwork, ...], Field(max_length=_MOST), AfterValidator(_once)]


def reached_network(text: str) -> str:
    """A private network that the app's pods may reach, as `network` writes it.

    Raises:
        ValueError: it is no network, of IPv6, not private, or holds what stays closed to pods.
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
    """The networks, joined where they touch, if all of one version together are more than anybody owns.

    What no packet from the internet comes from opens nothing to it, and does not count.
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
    """How many; of two networks that meet, one lies in the other."""
    return one.num_addresses - sum(
        min(one.num_addresses, other.num_addresses) for other in _CLOSED if _meet(one, other)
    )


def _meet(one: Network, other: Network) -> bool:
    return _lies_in(one, other) or _lies_in(other, one)


def private_networks(networks: Iterable[str]) -> list[str]:
    """Those of a house, an office or a cloud's inside."""
    return _within(networks, _PRIVATE)


def unseen_networks(networks: Iterable[str]) -> list[str]:
    """Those that a cloud's firewall never sees anybody come from; loopback is the lab's way and is not named."""
    return _within(networks, (*_PRIVATE, *_NOBODYS))


def _within(networks: Iterable[str], others: Iterable[str]) -> list[str]:
    around = _parsed(others)
    return [str(one) for one in _parsed(networks) if any(_lies_in(one, other) for other in around)]


def admin_problems(networks: tuple[str, ...], cloud: CloudFacts, *, public: bool) -> Iterator[Between]:
    """What is wrong with `admin_cidrs` beside `public_admin`, and with their number at the provider."""
    most = cloud.networks_of_rule or _MOST
    if len(networks) > most:
        # The provider would say so in the middle of the update.
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
    """The networks of `egress_cidrs` that hold more than one address of the servers' private network."""
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


# Parsed once, and not for each network of a list.
_CLOSED = _parsed((*_PRIVATE, *_NOBODYS, *_LOOPBACK))
