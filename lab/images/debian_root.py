"""The root file system that every image of the lab starts from: mmdebstrap's smallest, without documents."""

from __future__ import annotations

from pathlib import Path

from lab.images.machine import SUITE, Machine, machine_mirror
from lab.images.run import run

_LEFT_OUT = (
    "/usr/share/doc/*",
    "/usr/share/info/*",
    "/usr/share/lintian/*",
    "/usr/share/locale/*",
    "/usr/share/man/*",
)
_KEPT = ("/usr/share/doc/*/copyright", "/usr/share/locale/locale.alias")
# How this machine reaches its mirror does not belong into an image; builds mount it.
_FORGET = 'rm -rf "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/* "$1"/etc/apt/apt.conf.d/99mmdebstrap'
_PUBLIC = 'echo "deb http://deb.debian.org/debian ' + SUITE + ' main" >"$1/etc/apt/sources.list"'
_MOUNT_POINTS = 'mkdir -p "$1/etc/xdg/pip"'
_LESS = (
    'rm -rf "$1"/var/log/* "$1"/var/cache/debconf/*-old "$1"/var/lib/dpkg/*-old "$1"/etc/resolv.conf "$1"/etc/hostname'
)

_HOOKS = (_FORGET, _PUBLIC, _MOUNT_POINTS, _LESS)


def root_inputs() -> str:
    """All that decides the root file system but the day's packages: part of the key of its image."""
    return repr((SUITE, _LEFT_OUT, _KEPT, _HOOKS))


def command(machine: Machine, mirror: str, target: Path) -> list[str]:
    """The command line of mmdebstrap; dpkg's options stay, so that later packages are as small."""
    dpkg = ["force-unsafe-io", *(f"path-exclude={one}" for one in _LEFT_OUT), *(f"path-include={one}" for one in _KEPT)]
    return [
        "mmdebstrap",
        "--variant=minbase",
        "--mode=root",
        "--format=tar",
        *(f"--dpkgopt={option}" for option in dpkg),
        f"--aptopt={machine.apt / 'options'}",
        *(f"--customize-hook={hook}" for hook in _HOOKS),
        SUITE,
        str(target),
        f"deb {mirror} {SUITE} main",
    ]


def make_root(machine: Machine, target: Path) -> None:
    """Writes the root file system as a tar file.

    Raises:
        StagecoachError: mmdebstrap is missing or failed.
    """
    run(command(machine, machine_mirror(), target), "the lab's Debian root file system")
