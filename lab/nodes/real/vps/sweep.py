"""Ends what a killed lab left behind of its servers."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from lab.nodes.real.vps import loops
from lab.nodes.real.vps.cgroups import Cgroup, hierarchies
from lab.nodes.real.vps.commands import run
from lab.nodes.real.vps.network import Network
from lab.nodes.real.vps.running import MODULE


def sweep(root: Path) -> int:
    """Ends processes, mounts, loop devices, cgroups and network namespaces of the lab in that folder; how many.

    Names and files carry the folder's hash or path, so nothing of another lab is touched; the servers' disks stay.
    """
    network = Network(root)
    ended = _hypervisors(root)
    found = hierarchies()
    for name in sorted({path.name for one in found for path in one.mount.glob(f"{network.name}-*")}):
        cgroup = Cgroup(name, found)
        ended += cgroup.remove() + 1
    for namespace in sorted(Path("/run/netns").glob(f"{network.name}*")):
        run("ip", "netns", "delete", namespace.name)
        ended += 1
    for device, _file in loops.under(root):
        loops.release(device)
        ended += 1
    return ended


def _hypervisors(root: Path) -> int:
    """The processes outside of servers whose folder lies below; the servers end with them."""
    ended = 0
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        place = words.index(MODULE.encode()) + 1 if MODULE.encode() in words[:-1] else 0
        if place and Path(os.fsdecode(words[place])).resolve().is_relative_to(root.resolve()):
            os.kill(int(entry.parent.name), signal.SIGKILL)
            ended += 1
    return ended
