"""Loop devices: image files as disks."""

from __future__ import annotations

import time
from pathlib import Path

from infra.errors import Problem, StagecoachError
from lab.vps.commands import run

_RELEASE_SECONDS = 20


def attach(image: Path) -> str:
    """The file's device; attached if it was not."""
    found = devices(image)
    if found:
        return found[0]
    device = run("losetup", "--find", "--show", str(image)).stdout.strip()
    # Past this machine's page cache, which would hold everything twice; some file systems refuse.
    run("losetup", "--direct-io=on", device, check=False)
    return device


def devices(image: Path) -> list[str]:
    """The devices that show this file."""
    if not image.exists():
        return []
    lines = run("losetup", "--noheadings", "--output", "NAME", "--associated", str(image)).stdout.split()
    return sorted(lines)


def grown(image: Path) -> None:
    """Tells the device that the file is larger."""
    for device in devices(image):
        run("losetup", "--set-capacity", device)


def release(device: str) -> None:
    """Detaches it as soon as its last user is gone."""
    run("losetup", "--detach", device, check=False)


def detach(image: Path) -> None:
    """Takes the file's devices away.

    Raises:
        StagecoachError: something still uses one after 20 s.
    """
    deadline = time.monotonic() + _RELEASE_SECONDS
    while found := devices(image):
        for device in found:
            release(device)
        if time.monotonic() > deadline:
            problem = Problem(path=found[0], value=str(image), allowed="not in use", hint="Unmount it and try again")
            raise StagecoachError("a disk is still in use", [problem])
        time.sleep(0.02)


def under(root: Path) -> list[tuple[str, str]]:
    """Devices and files of everything attached below a folder, deleted files included."""
    prefix = f"{root.resolve()}/"
    found = []
    for backing in Path("/sys/block").glob("loop*/loop/backing_file"):
        try:
            file = backing.read_text().strip()
        except OSError:
            continue  # detached meanwhile
        if file.startswith(prefix):
            found.append((f"/dev/{backing.parts[3]}", file))
    return sorted(found)
