"""Networks that may reach SSH and the Kubernetes API, compared as networks and not as text."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# A company's own block is smaller; what is larger is as good as the whole internet.
_LARGEST = {4: 2**24, 6: 2**112}  # addresses of a /8, of a /16
# No packet from the internet comes from there (RFC 1918, 6598, 3927, 4193, 4291), nor from a network without a host of
# its own: this one, loopback, benchmarks, multicast and what is kept for later (IANA's special-purpose registries).
_PRIVATE = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"),
    *("0.0.0.0/8", "127.0.0.0/8", "198.18.0.0/15", "224.0.0.0/3"),
    *("fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "::/8"),
)


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
AdminNetworks = Annotated[tuple[AdminNetwork, ...], AfterValidator(_once)]


def too_wide(networks: Iterable[str]) -> list[str]:
    """The networks, joined where they touch, if all of one version together are more than anybody owns."""
    parsed = _parsed(networks)
    joined: dict[int, list[Network]] = {
        4: list(ipaddress.collapse_addresses(one for one in parsed if isinstance(one, ipaddress.IPv4Network))),
        6: list(ipaddress.collapse_addresses(one for one in parsed if isinstance(one, ipaddress.IPv6Network))),
    }
    return [
        str(one)
        for version, found in joined.items()
        if sum(one.num_addresses for one in found) > _LARGEST[version]
        for one in found
    ]


def private_networks(networks: Iterable[str]) -> list[str]:
    """Those that a cloud's firewall never sees anybody come from."""
    private = _parsed(_PRIVATE)
    return [str(one) for one in _parsed(networks) if any(_lies_in(one, other) for other in private)]


def _lies_in(inner: Network, outer: Network) -> bool:
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _parsed(networks: Iterable[str]) -> list[Network]:
    return [ipaddress.ip_network(one) for one in networks]
