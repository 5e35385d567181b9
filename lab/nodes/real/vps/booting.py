"""Starts the process outside of a server and waits until its first process runs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from infra.errors import Problem, StagecoachError
from lab.machines import visible_bytes
from lab.nodes.real.vps import loops
from lab.nodes.real.vps.cgroups import Cgroup
from lab.nodes.real.vps.hardware import write_hardware
from lab.nodes.real.vps.links import Links
from lab.nodes.real.vps.record import Record, Volume
from lab.nodes.real.vps.running import MODULE, find
from lab.nodes.real.vps.system import tools
from lab.paths import REPOSITORY

_BOOT_SECONDS = 60
_LAST_LINES = 12


def start_hypervisor(folder: Path, record: Record, cgroup: Cgroup, links: Links) -> None:
    """Returns when the server's address is listened on.

    Raises:
        StagecoachError: it did not boot within 60 s; the message has the last lines of its console.
    """
    write_hardware(folder / "hardware", record.size)
    (folder / "root").mkdir(exist_ok=True)
    console = folder / "console.log"
    arguments = [str(folder), cgroup.name, str(links.network.path), links.address, links.anchor]
    with console.open("w") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", MODULE, *arguments],
            cwd=REPOSITORY,
            env={**os.environ, **_environment(folder, record, cgroup, links)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    deadline = time.monotonic() + _BOOT_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        if find(folder):
            return
        time.sleep(0.02)
    child.kill()
    child.wait()
    text = "\n    ".join(console.read_text(errors="replace").splitlines()[-_LAST_LINES:]) or "nothing"
    hint = "Mend it and try again; LAB=simulated does without real servers"
    problem = Problem(path="server", value=record.name, allowed=f"its console ends with\n    {text}\n   ", hint=hint)
    raise StagecoachError("a server did not boot", [problem])


def _environment(folder: Path, record: Record, cgroup: Cgroup, links: Links) -> dict[str, str]:
    """What boot.sh reads."""
    return {
        "NETWORK": str(links.path),
        "JOIN": " ".join(str(one / "cgroup.procs") for one in cgroup.folders),
        "DISK": loops.attach(folder / "disk.img"),
        "ROOT": str(folder / "root"),
        "HARDWARE": str(folder / "hardware"),
        "SYSTEM": str(folder / "system"),
        "TOOLS": str(tools()),
        "SHARED": str(visible_bytes(record.size) // 2),
        "CGROUPS": "\n".join(cgroup.mounts()),
        "VOLUMES": "\n".join(_volume(one) for one in record.volumes),
    }


def _volume(volume: Volume) -> str:
    number = Path(loops.attach(Path(volume.image))).stat().st_rdev
    return f"{volume.device} {os.major(number)} {os.minor(number)} {volume.link}"
