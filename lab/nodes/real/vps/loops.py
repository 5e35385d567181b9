"""Loop devices: image files as disks."""

from __future__ import annotations

import time
from pathlib import Path

from infra.errors import Problem, StagecoachError
from lab.nodes.real.vps.commands import run

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
    """The devices that show this file, without those that only wait for their last user (see `release`)."""
    return sorted(name for name, leaving in _every(image).items() if not leaving)


def _every(image: Path) -> dict[str, bool]:
    """Each device of the file, and whether it goes away with its last user."""
    if not image.exists():
        return {}
    command = ("losetup", "--noheadings", "--raw", "--output", "NAME,AUTOCLEAR", "--associated", str(image))
    rows = [line.split() for line in run(*command).stdout.splitlines()]
    return {name: leaving == "1" for name, leaving in rows}


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
    own = devices(image)
    for device in own:
        release(device)
    deadline = time.monotonic() + _RELEASE_SECONDS
    while left := [device for device in own if device in _every(image)]:
        if time.monotonic() > deadline:
            problem = Problem(path=left[0], value=str(image), allowed="not in use", hint="Unmount it and try again")
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
