"""Addresses as pods see them: the cluster's own networks, the servers' private network, what is not the internet."""

from __future__ import annotations

import zlib

POD_NETWORK, SERVICE_NETWORK = "10.42.0.0/16", "10.43.0.0/16"  # k3s's cluster-cidr and service-cidr, left as they are
METADATA_SERVICE = "169.254.169.254/32"  # of Hetzner, DigitalOcean and Vultr alike
# No address of the internet lies there (RFC 1918, 6598, 3927).  None of IPv6: k3s gives pods no address of that kind.
PRIVATE_NETWORKS = ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")


def private_range(deployment: str) -> str:
    """A /24 between 10.64.0.0 and 10.79.255.255, always the same for one name (ADR 0010).

    DigitalOcean refuses a range that overlaps with another private network of the account, in any region.
    """
    number = zlib.crc32(deployment.encode()) % (16 * 256)
    return f"10.{64 + number // 256}.{number % 256}.0/24"
