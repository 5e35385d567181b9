"""Whether this machine can run real servers."""

from __future__ import annotations

import os
import shutil
import sys

from lab.nodes.real.vps.cgroups import CGROUP_2, enable, hierarchies
from lab.nodes.real.vps.commands import run
from lab.nodes.real.vps.machine_image import cached

_PROGRAMS = ("ip", "nsenter", "unshare", "setpriv", "losetup", "mkfs.ext4", "e2fsck", "resize2fs", "blkid", "ssh")
# Everything that a boot needs of the kernel, tried in namespaces that end with the command.
_TRIAL = """
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/point"
truncate -s 8M "$folder/image"
mkfs.ext4 -q -F "$folder/image"
mount -o loop "$folder/image" "$folder/point"
umount "$folder/point"
ip link add trial0 type veth peer name trial1
ip link add trial2 type bridge
"""


def why_not() -> str | None:
    """None where real servers can run, else one line that says why they can't."""
    if sys.platform != "linux":
        return "real servers need Linux"
    if os.geteuid() != 0:
        return "real servers need root"
    missing = [name for name in _PROGRAMS if not shutil.which(name)]
    if not cached() and not shutil.which("mmdebstrap"):
        missing.append("mmdebstrap")
    if missing:
        return f"missing: {', '.join(missing)} (`make programs` installs what Debian has)"
    lacking = _controllers()
    if lacking:
        return f"no cgroup controller for {', '.join(lacking)}"
    return _trial()


def _trial() -> str | None:
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--uts", "--ipc", "--cgroup", "sh", "-c", _TRIAL]
    trial = run(*command, check=False)
    said = trial.stderr.strip().splitlines()
    return f"a sandbox can't be made: {said[-1] if said else trial.returncode}" if trial.returncode else None


def _controllers() -> list[str]:
    found = hierarchies()
    has = {name for one in found for name in one.controllers}
    for one in found:
        if one.version == CGROUP_2:
            try:
                enable(one.mount)
            except OSError:
                continue  # a container's own group: limits can't be set below it
            has |= set((one.mount / "cgroup.controllers").read_text().split())
    return [name for name in ("cpu", "memory", "pids") if name not in has]
