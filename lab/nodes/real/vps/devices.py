"""Volumes plugged into a running server."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from lab.nodes.real.vps import loops
from lab.nodes.real.vps.power_cut import shut_down
from lab.nodes.real.vps.record import Volume


def plug(init: int, volume: Volume) -> None:
    """Makes its device and the cloud's link in the file system that the server's first process sees."""
    root = Path(f"/proc/{init}/root")
    number = Path(loops.attach(Path(volume.image))).stat().st_rdev
    os.mknod(root / "dev" / volume.device, stat.S_IFBLK | 0o660, number)
    link = root / volume.link.lstrip("/")
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(f"/dev/{volume.device}")


def unplug(init: int, volume: Volume) -> None:
    """Takes them away; a file system that is still mounted answers with errors from then on, as a pulled disk does."""
    image = Path(volume.image)
    shut_down(init, loops.devices(image))
    root = Path(f"/proc/{init}/root")
    (root / volume.link.lstrip("/")).unlink(missing_ok=True)
    (root / "dev" / volume.device).unlink(missing_ok=True)
    for device in loops.devices(image):
        loops.release(device)
