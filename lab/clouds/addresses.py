"""Public addresses of emulated servers: loopback, so that they are this machine's own."""

from __future__ import annotations

import hashlib
from pathlib import Path

_HOSTS = range(10, 250)


def pool(root: Path) -> list[str]:
    """240 addresses of 127.64.0.0/10 for one lab; labs in other folders get other ones."""
    digest = hashlib.sha256(str(root.resolve()).encode()).digest()
    return [f"127.{64 + digest[0] % 64}.{digest[1]}.{host}" for host in _HOSTS]


def free(root: Path, taken: set[str]) -> str:
    """The first address that is not taken."""
    return next(address for address in pool(root) if address not in taken)
