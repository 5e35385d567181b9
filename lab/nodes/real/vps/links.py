"""One guest's network namespace and its interfaces on the lab's bridges."""

from __future__ import annotations

import ipaddress
from pathlib import Path

from lab.nodes.real.vps.commands import run
from lab.nodes.real.vps.network import ANCHORS, GATEWAY, Network, ip_batch
from lab.nodes.real.vps.record import Record


class Links:
    """eth0 on the public bridge, eth1 on the private one; a new namespace at every boot: a real one starts clean."""

    def __init__(self, network: Network, guest: str) -> None:
        self.network = network
        self.guest = guest
        self.name = f"{network.name}-{guest}"

    @property
    def path(self) -> Path:
        """The namespace's file, for `nsenter --net=`."""
        return Path("/run/netns", self.name)

    @property
    def address(self) -> str:
        """eth0's address in the lab's network."""
        return f"100.64.0.{self.network.number(self.guest)}"

    @property
    def anchor(self) -> str:
        """A second address of eth0, under which packets to a reserved public address arrive."""
        return f"{ANCHORS}.{self.network.number(self.guest)}"

    def arriving(self, record: Record) -> str:
        """The server's own address, in the lab's network, under which packets to its public one arrive."""
        return self.anchor if record.reserved else self.address

    def anchored(self) -> None:
        """Gives eth0 that address; it stays until the power goes."""
        ip_batch(self.name, f"addr replace {self.anchor}/24 dev eth0")

    def create(self) -> None:
        """The namespace with eth0 up."""
        self.remove()
        number = self.network.number(self.guest)
        run("ip", "netns", "add", self.name)
        # Whoever knew the address by another card hears of this one at once.
        notify = "echo 1 >/proc/sys/net/ipv4/conf/default/arp_notify"
        run("nsenter", f"--net={self.path}", "sh", "-c", notify)
        ip_batch(
            self.network.name,
            f"link add p{number} type veth peer name eth0 address {_mac(0, number)} netns {self.name}",
            f"link set p{number} master public up",
        )
        ip_batch(
            self.name,
            "link set lo up",
            f"addr add {self.address}/24 dev eth0",
            "link set eth0 up",
            f"route add default via {GATEWAY}",
        )

    def join(self, private_ip: str, subnet: str) -> None:
        """Plugs eth1 in, with its address; nothing but guests is reached by it."""
        number = self.network.number(self.guest)
        prefix = ipaddress.ip_network(subnet).prefixlen
        ip_batch(
            self.network.name,
            f"link add q{number} type veth peer name eth1 address {_mac(1, number)} netns {self.name}",
            f"link set q{number} master private up",
        )
        ip_batch(self.name, f"addr add {private_ip}/{prefix} dev eth1", "link set eth1 up")

    def remove(self) -> None:
        """Unplugs both and takes the namespace's name away; no error if there is nothing."""
        if self.network.path.exists():
            number = self.network.number(self.guest)
            # The kernel takes them away with the namespace, but only some time after the last process.
            for port in (f"p{number}", f"q{number}"):
                run("ip", "-n", self.network.name, "link", "delete", "dev", port, check=False)
        if self.path.exists():
            run("ip", "netns", "delete", self.name)


def _mac(interface: int, number: int) -> str:
    """The same at every boot: others remember it."""
    return f"02:64:40:00:{interface:02x}:{number:02x}"
