"""A server's root disk."""

from __future__ import annotations

import os
from pathlib import Path

from infra.errors import Problem, StagecoachError
from lab.nodes.real.vps.commands import run

_MENDED = 1  # e2fsck's exit code
_CAP_SYS_RESOURCE = 24
_GB = 10**9  # clouds sell disks in decimal units


def make_disk(image: Path, disk: Path, gb: int) -> None:
    """Copies the base image and gives it the type's size."""
    partial = disk.with_suffix(".partial")
    run("cp", "--reflink=auto", "--sparse=always", str(image), str(partial))
    grow_disk(partial, gb)
    partial.rename(disk)


def grow_disk(disk: Path, gb: int) -> None:
    """A larger disk, sparse; a smaller size changes nothing: no cloud shrinks one."""
    wanted = gb * _GB // 4096 * 4096
    if wanted > disk.stat().st_size:
        os.truncate(disk, wanted)
        grow_file_system(disk)


def trim(image: Path) -> None:
    """Gives deleted files' space back to this machine: holes in the image of an ext4 file system that is not mounted.

    Not by the server itself: a mount that outlived its volume would punch holes into what somebody else wrote since.
    """
    if _has_ext4(image):
        run("e2fsck", "-f", "-p", "-E", "discard", str(image), check=False)


def grow_file_system(image: Path) -> None:
    """Makes an ext4 file system that is not mounted as large as its image; no error where there is none.

    On a mounted one the kernel allows it with CAP_SYS_RESOURCE alone, which containers often lack.
    """
    if not _has_ext4(image):
        return
    checked = run("e2fsck", "-f", "-p", str(image), check=False)
    if checked.returncode > _MENDED:
        problem = Problem(path=str(image), value="", allowed=checked.stdout.strip(), hint="Its data may be damaged")
        raise StagecoachError("a file system can't be mended", [problem])
    run("resize2fs", str(image))


def _has_ext4(image: Path) -> bool:
    return run("blkid", "-p", "-s", "TYPE", "-o", "value", str(image), check=False).stdout.strip() == "ext4"


def grows_mounted() -> bool:
    """Whether a mounted file system can grow on this machine."""
    status = Path("/proc/self/status").read_text().splitlines()
    capabilities = next(line.split()[1] for line in status if line.startswith("CapEff:"))
    return bool(int(capabilities, 16) >> _CAP_SYS_RESOURCE & 1)
