"""The pods' network: a bridge on each node, and routes to the other nodes' pods over the private interface."""

from __future__ import annotations

import ipaddress
import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.nodes.real.k3s.guest import files, log

_BRIDGE = "cni0"
_PROTOCOL = "61"  # marks our routes in the kernel's table: a number that no routing daemon has
_SYSCTLS = {"net/ipv4/ip_forward": "1", "net/bridge/bridge-nf-call-iptables": "1"}
_NODE_PREFIX = 24  # of a node's network: the controller manager's own default for IPv4
_SECONDS = 10


def write_cni(folder: Path, pod_cidr: str) -> None:
    """The bridge and ports of the host; masquerading is done by `masquerade`, because the plugin's spares no node."""
    bridge = {
        "type": "bridge",
        "bridge": _BRIDGE,
        "isGateway": True,
        "hairpinMode": True,
        "ipam": {"type": "host-local", "ranges": [[{"subnet": pod_cidr}]], "routes": [{"dst": "0.0.0.0/0"}]},
    }
    ports = {"type": "portmap", "capabilities": {"portMappings": True}}
    content = {"cniVersion": "1.0.0", "name": "cbr0", "plugins": [bridge, ports]}
    files.write_if_changed(folder / "10-k3s.conflist", json.dumps(content, indent=1), 0o644)


def write_first_cni(folder: Path, cluster_cidr: str) -> None:
    """The network that the controller gives to a cluster's first node, before that node is there.

    k3s writes its plugin's file before the kubelet starts, too: the kubelet looks at the network every five seconds,
    and a node without one would not be Ready at its first look.  `write_cni` follows with what the controller gave.
    """
    if not any(folder.glob("*.conflist")):
        write_cni(folder, str(next(ipaddress.ip_network(cluster_cidr).subnets(new_prefix=_NODE_PREFIX))))


def prepare(cluster_cidr: str) -> None:
    """Forwarding, and masquerading of what leaves the pods' network."""
    for name, value in _SYSCTLS.items():
        path = Path("/proc/sys") / name
        try:
            if path.read_text().strip() != value:
                path.write_text(value)
        except OSError as error:
            log.error(f"{path} cannot be set to {value}: {error.strerror}")
    run(["nft", "-f", "-"], masquerade(cluster_cidr))


def masquerade(cluster_cidr: str) -> str:
    """A table of its own, replaced as a whole."""
    return f"""\
table ip k3s-pods
delete table ip k3s-pods
table ip k3s-pods {{
	chain postrouting {{
		type nat hook postrouting priority srcnat; policy accept;
		ip saddr {cluster_cidr} ip daddr != {{ {cluster_cidr}, 224.0.0.0/4 }} masquerade
	}}
}}
"""


def set_routes(wanted: Mapping[str, str], interface: str) -> None:
    """Routes by pods' network to the node's address; ours that are not wanted go."""
    present = {(one["dst"], one.get("gateway", "")) for one in _routes()}
    for destination, gateway in wanted.items():
        if (destination, gateway) not in present:
            device = ["dev", interface] if interface else []
            run(["ip", "route", "replace", destination, "via", gateway, *device, "proto", _PROTOCOL])
    for destination, _ in present:
        if destination not in wanted:
            run(["ip", "route", "del", destination, "proto", _PROTOCOL])


def first_address(pod_cidr: str) -> str:
    """The bridge's own address in a node's network."""
    return str(ipaddress.ip_network(pod_cidr)[1])


def first_of(interface: str) -> str:
    """The first IPv4 address of an interface; empty where there is none."""
    found = json.loads(run(["ip", "-j", "-4", "address", "show", "dev", interface]) or "[]")
    return next((str(one["local"]) for card in found for one in card.get("addr_info", [])), "")


def run(command: Sequence[str], text: str | None = None) -> str:
    """A program's output; what it says of a failure goes to the journal."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=_SECONDS)
    if done.returncode:
        log.error(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def _routes() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(run(["ip", "-j", "route", "show", "proto", _PROTOCOL]) or "[]")
    return found
