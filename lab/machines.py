"""What emulated clouds need of whatever plays the servers, and what the command provider needs of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True)
class Size:
    """What a server has, nominally; the disk is the root disk."""

    vcpu: int
    memory_mib: int
    disk_gb: int


# The smallest share of its nominal memory that a real server was seen to show: a Hetzner cpx22 (a cx33: 94.6 %).
_VISIBLE_PERMILLE = 931


def visible_bytes(size: Size) -> int:
    """What a server of that size sees as its memory, and may use: firmware and kernel keep the rest."""
    return (size.memory_mib << 20) * _VISIBLE_PERMILLE // 1000


class Machines(Protocol):
    """Servers by public address, volumes by the cloud's id."""

    def server_created(self, address: str, name: str, size: Size, user_data: str) -> None:
        """A server was bought and boots for the first time."""

    def server_resized(self, address: str, size: Size) -> None:
        """Powered off, another size, powered on."""

    def answers(self, address: str) -> bool:
        """Whether SSH answers: not before the boot is over."""

    def server_deleted(self, address: str) -> None:
        """Gone, with all that ran on it; its volumes stay."""

    def network_joined(self, address: str, private_ip: str, subnet: str) -> None:
        """The server got a private address; SSH by way of another server names it by that."""

    def address_changed(self, old: str, new: str) -> None:
        """From now on the server is reached under another public address, with all that runs on it."""

    def volume_attached(self, address: str, volume: str, size_gib: int, device: str) -> None:
        """A volume, empty at its first time, shows up on the server under that path."""

    def volume_detached(self, volume: str) -> None:
        """It is kept, without a server."""

    def volume_grown(self, volume: str, size_gib: int) -> None:
        """Its device is larger from now on; no error if it was never attached."""

    def volume_deleted(self, volume: str) -> None:
        """Gone, with all that was on it."""


class Scripts(Protocol):
    """Whatever runs the scripts of `remote.Command`."""

    def run(self, connection: dict[str, Any], script: str, stdin: str | None) -> str:
        """What the script prints, run on the server that the connection leads to.

        Raises:
            PluginError: it can't be reached, or the script failed.
        """

    def address(self, connection: dict[str, Any]) -> str:
        """The public address of the server that the connection leads to."""
