"""What a power cut does to file systems: what was not written to the disk is gone."""

from __future__ import annotations

import fcntl
import os
import struct
from pathlib import Path

_EXT4_IOC_SHUTDOWN = 0x8004587D
_LOOP_MAJOR = 7
_NO_LOG_FLUSH = 2  # the journal in memory is lost, too


def shut_down(pid: int, devices: list[str]) -> list[str]:
    """Stops the ext4 file systems on these loop devices, as a process sees them mounted; their mount points.

    Killing alone would not do: what processes wrote stays in this machine's memory and reaches the disk later.

    Raises:
        ValueError: a device is no loop device; it may be this machine's own disk.
    """
    wanted = {_number(device) for device in devices}
    stopped: dict[str, str] = {}
    for number, point in ext4_mounts(Path(f"/proc/{pid}/mountinfo").read_text()):
        if number in wanted and number not in stopped and _stop(f"/proc/{pid}/root{point}", number):
            stopped[number] = point
    return list(stopped.values())


def ext4_mounts(mountinfo: str) -> list[tuple[str, str]]:
    """Device number and mount point of every ext4 file system, those mounted several times included."""
    found = []
    for line in mountinfo.splitlines():
        fields, _, rest = line.partition(" - ")
        _, _, number, _, point, *_ = fields.split(" ")
        if rest.startswith("ext4 "):
            found.append((number, point.replace("\\040", " ")))
    return found


def _stop(point: str, number: str) -> bool:
    """False where another file system is mounted above this one and hides it."""
    handle = os.open(point, os.O_RDONLY)
    try:
        device = os.fstat(handle).st_dev
        if f"{os.major(device)}:{os.minor(device)}" != number:
            return False
        fcntl.ioctl(handle, _EXT4_IOC_SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
    finally:
        os.close(handle)
    return True


def _number(device: str) -> str:
    number = Path(device).stat().st_rdev
    if os.major(number) != _LOOP_MAJOR:
        raise ValueError(f"{device} is no loop device")
    return f"{os.major(number)}:{os.minor(number)}"
