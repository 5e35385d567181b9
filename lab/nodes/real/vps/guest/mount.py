"""One mount unit: its state is what the kernel says is mounted."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from lab.nodes.real.vps.guest import journal
from lab.nodes.real.vps.guest.children import Children
from lab.nodes.real.vps.guest.units import Unit

# systemd waits 90 s for a device; nothing shows up later in the lab than at once.
_DEVICE_SECONDS = 10.0
_BY_UUID = Path("/dev/disk/by-uuid")


class Mount:
    """A mount unit."""

    def __init__(self, unit: Unit, children: Children) -> None:
        self.unit = unit
        self.children = children
        self.result = "success"
        self.main = 0
        self.restarts = 0
        self.since = time.time()
        self.status = ""

    @property
    def where(self) -> str:
        """The mount point."""
        return self.unit.last("Mount", "Where")

    @property
    def state(self) -> str:
        """Active is what is mounted, by whomever."""
        if self.where in mounted():
            return "active"
        return "inactive" if self.result == "success" else "failed"

    async def start(self) -> bool:
        """Mounts it; waits for its device."""
        if self.state == "active":
            return True
        what = self.unit.last("Mount", "What")
        if what.startswith("/dev/") and not await self._device(what):
            journal.say(self.unit.name, f"Timed out waiting for device {what}.")
            self.result = "dependency"
            return False
        Path(self.where).mkdir(parents=True, exist_ok=True)
        kind = self.unit.last("Mount", "Type") or "auto"
        options = self.unit.last("Mount", "Options") or "defaults"
        with journal.opened(self.unit.name) as output:
            code = await self.children.run("mount", "-t", kind, "-o", options, what, self.where, output=output)
        self.result = "exit-code" if code else "success"
        self.since = time.time()
        said = f"Failed to mount {self.where}." if code else f"Mounted {self.where}."
        journal.say(self.unit.name, said)
        return code == 0

    async def stop(self) -> None:
        """Unmounts it."""
        if self.state != "active":
            return
        with journal.opened(self.unit.name) as output:
            code = await self.children.run("umount", self.where, output=output)
        self.result = "exit-code" if code else "success"
        self.since = time.time()
        journal.say(self.unit.name, f"{'Failed unmounting' if code else 'Unmounted'} {self.where}.")

    async def _device(self, what: str) -> bool:
        deadline = time.monotonic() + _DEVICE_SECONDS
        while not Path(what).exists():
            await link_by_uuid(self.children)
            if Path(what).exists():
                return True
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.2)
        return True


def mounted(mountinfo: str | None = None) -> list[str]:
    """Every mount point."""
    text = Path("/proc/self/mountinfo").read_text() if mountinfo is None else mountinfo
    return [line.split(" ")[4].replace("\\040", " ") for line in text.splitlines()]


async def link_by_uuid(children: Children) -> None:
    """What udev does for volumes: links by the file system's UUID."""
    for device in sorted(Path("/dev").glob("sd*")):
        answer = Path("/run", f"blkid-{device.name}")
        with answer.open("wb") as output:
            await children.run("blkid", "-p", "-s", "UUID", "-o", "value", str(device), output=output)
        uuid = answer.read_text().strip()
        if uuid and "/" not in uuid:
            _BY_UUID.mkdir(parents=True, exist_ok=True)
            link = _BY_UUID / uuid
            link.unlink(missing_ok=True)
            link.symlink_to(f"../../{device.name}")
