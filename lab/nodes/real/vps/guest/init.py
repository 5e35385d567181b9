"""Process 1 of a guest: first boot, services, orderly power-off."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path

from lab.nodes.real.vps.guest import cgroup, cloud_init
from lab.nodes.real.vps.guest.children import Children
from lab.nodes.real.vps.guest.cloud_config import CloudConfig
from lab.nodes.real.vps.guest.control import Control
from lab.nodes.real.vps.guest.manager import Manager
from lab.nodes.real.vps.guest.mount import mounted
from lab.nodes.real.vps.guest.units import Unit, from_fstab

_GATEWAY = "100.64.0.1"
_COMMANDS = ("systemctl", "journalctl", "cloud-init")
_END_SECONDS = 20  # systemd gives 90; databases need a few


async def main() -> int:
    """Runs until the power goes."""
    cgroup.enter(cgroup.INIT)
    children, power_off = Children(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGPWR):
        loop.add_signal_handler(number, power_off.set)
    config = cloud_init.first_boot()
    prepare()
    Path("/run/stagecoach-init").touch()
    children.watch(loop)
    manager = Manager(children)
    Path("/run/systemd").mkdir(exist_ok=True)
    await Control(manager, power_off).listen()
    boot = loop.create_task(_boot(manager, config))
    await power_off.wait()
    boot.cancel()
    say("powering off")
    await manager.stop_all()
    await _end_everybody()
    unmount()
    return 0


async def _boot(manager: Manager, config: CloudConfig | None) -> None:
    """Mounts, then services: everything local is mounted before a service starts (systemd's local-fs.target)."""
    table = Path("/etc/fstab")
    lines = from_fstab(table.read_text() if table.exists() else "")
    enabled = manager.enabled()
    mounts = [*(unit.name for unit in lines), *(name for name in enabled if name.endswith(".mount"))]
    failed = await manager.start(mounts)
    for text in failed.values():
        say(text)
    needed = [unit.name for unit in lines if unit.name in failed and not _may_fail(unit)]
    if needed:
        # As systemd does it: local-fs.target requires every line of fstab that has no `nofail`.
        manager.system = "maintenance"
        say(f"You are in emergency mode, no service is started: {', '.join(needed)} of /etc/fstab could not be mounted")
        return
    refused = await manager.start(name for name in enabled if name.endswith(".service"))
    for text in refused.values():
        say(text)
    manager.system = "degraded" if failed or refused else "running"
    if config:
        await cloud_init.final(config, manager.children)
    say("booted")


def _may_fail(unit: Unit) -> bool:
    return "nofail" in unit.last("Mount", "Options").split(",")


def prepare() -> None:
    """What Debian's early boot does: names, resolver, machine id, commands."""
    socket.sethostname(Path("/etc/hostname").read_text().strip() if Path("/etc/hostname").exists() else "localhost")
    Path("/etc/resolv.conf").write_text(f"nameserver {_GATEWAY}\n")
    machine = Path("/etc/machine-id")
    if not machine.exists():
        machine.write_text(f"{uuid.uuid4().hex}\n")
    Path("/run/lock").mkdir(mode=0o1777, exist_ok=True)
    for name in _COMMANDS:
        link = Path("/usr/local/bin", name)
        if not link.is_symlink():
            link.symlink_to(cloud_init.SYSTEM / "bin" / name)


async def _end_everybody() -> None:
    """What no service owns: containers, logins."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(-1, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + _END_SECONDS
        while _others(number) and time.monotonic() < deadline:  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.02)


def _others(number: int) -> list[str]:
    """Names of those who are still to end; containerd's shims outlive a SIGTERM, but have nothing to save."""
    names = []
    for file in Path("/proc").glob("[0-9]*/comm"):
        try:
            name = file.read_text().strip()
        except OSError:
            continue  # ended meanwhile
        if file.parent.name != "1" and not (number == signal.SIGTERM and name.startswith("containerd-shim")):
            names.append(name)
    return names


def unmount() -> None:
    """Everything on a disk, the last mounted first; what stays in use is written out all the same."""
    for point in reversed(mounted()):
        if point != "/" and not point.startswith(("/proc", "/sys", "/dev", "/run")):
            subprocess.run(["umount", point], check=False, stderr=subprocess.DEVNULL)
    subprocess.run(["sync", "--file-system", "/"], check=False)  # a plain sync is the whole machine's
    subprocess.run(["mount", "-o", "remount,ro", "/"], check=False)


def say(text: str) -> None:
    """A line on the console, which is a file of this machine's."""
    sys.stdout.write(f"init: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
