"""Define the networks that pods can see: the cluster's own, the servers' private one, and other private ranges."""

from __future__ import annotations

import zlib

POD_NETWORK, SERVICE_NETWORK = "10.42.0.0/16", "10.43.0.0/16"  # the defaults of k3s's cluster-cidr and service-cidr
METADATA_SERVICE = "169.254.169.254/32"  # Hetzner, DigitalOcean and Vultr use the same address
# The internet has no addresses in these ranges (RFC 1918, 6598, 3927). IPv6 is left out, because k3s gives pods no IPv6
# addresses.
PRIVATE_NETWORKS = ("10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")


def private_range(deployment: str) -> str:
    """Return a /24 between 10.64.0.0 and 10.79.255.255 that is always the same for one name (ADR 0010).

    DigitalOcean refuses a range that overlaps with another private network of the account, in any region, so
    deployments need different ranges.

    Args:
        deployment: The deployment's name.
    """
    number = zlib.crc32(deployment.encode()) % (16 * 256)
    return f"10.{64 + number // 256}.{number % 256}.0/24"
