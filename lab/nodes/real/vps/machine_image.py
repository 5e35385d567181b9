"""The disk that every server starts from: Debian 12 with what a cloud's image and k3s bring, made once and cached."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

from infra.errors import Problem, StagecoachError
from lab.locks import cache_lock
from lab.paths import cache_root

SUITE = "bookworm"
_ORIGIN = "http://deb.debian.org/debian"  # where apt names no mirror of Debian
_SIZE_MIB = 2048  # sparse; a server's copy is grown to the size of its type
# The journal's zeros need not be written: the file has holes there, which read as zeros.
_FILE_SYSTEM = ("-q", "-F", "-L", "root", "-m", "1", "-J", "size=64", "-E", "lazy_journal_init=1")
_LAST_LINES = 12
# What k3s carries inside its one file (containerd, runc, CNI plugins, ipset), then what Debian's cloud images have.
PACKAGES = (
    "containerd",
    "runc",
    "containernetworking-plugins",
    "ipset",
    "conntrack",
    "ca-certificates",
    "curl",
    "e2fsprogs",
    "iproute2",
    "iptables",
    "kmod",
    "nftables",
    "openssh-server",
    "openssl",
    "procps",
    "python3",
    "python3-yaml",
    "unattended-upgrades",
    "util-linux",
)
# No host keys: each server gets its own by user data.  No service starts but SSH: the rest is the program's to install.
_CLEANUP = """
rm -f "$1"/etc/ssh/ssh_host_* "$1"/etc/machine-id "$1"/etc/hostname "$1"/etc/resolv.conf
find "$1"/etc/systemd/system -name '*.wants' -type d -exec rm -rf {} +
mkdir -p "$1"/etc/systemd/system/multi-user.target.wants
mkdir -p "$1"/usr/local/lib/stagecoach-lab "$1"/usr/local/lib/stagecoach-guest
ln -s /usr/lib/systemd/system/ssh.service "$1"/etc/systemd/system/multi-user.target.wants/ssh.service
ln -sf ../usr/share/zoneinfo/UTC "$1"/etc/localtime
rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/log/*.log "$1"/usr/share/doc/* "$1"/usr/share/man/*
rm -rf "$1"/usr/share/locale/* "$1"/usr/share/info/*
"""


def ensure_machine_image() -> Path:
    """The cached disk image; built when packages or this file's steps changed (about a minute).

    Raises:
        StagecoachError: it could not be built; the message has the last lines of the builder.
    """
    folder = image_folder()
    image = folder / "disk.img"
    if not image.exists():
        with cache_lock("machine-image"):
            if not image.exists():
                _build(folder)
    return image


def cached() -> bool:
    """Whether it was made before."""
    return (image_folder() / "disk.img").exists()


def image_folder() -> Path:
    """Where it lies: keyed by packages and steps."""
    inputs = repr((SUITE, PACKAGES, _CLEANUP, _SIZE_MIB, _FILE_SYSTEM))
    return cache_root() / "machine-images" / hashlib.sha256(inputs.encode()).hexdigest()[:12]


def mirror() -> str:
    """The mirror of Debian's main archive that this machine's apt uses; Debian's own where it uses none."""
    command = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(SITE)"]
    if not shutil.which(command[0]):
        return _ORIGIN
    lines = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60).stdout.splitlines()
    sites = [line.partition(" ")[2] for line in lines if line.startswith("Debian ")]
    return next((site for site in sites if not site.rstrip("/").endswith("-security")), _ORIGIN)


def _build(folder: Path) -> None:
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    tree = partial / "tree"
    tree.mkdir(parents=True)
    started = time.monotonic()
    _say(f"installing {len(PACKAGES)} packages of Debian {SUITE} (about a minute, once)")
    log = partial / "build.log"
    _step(log, "mmdebstrap", *_mmdebstrap(tree))
    _say("writing the disk")
    image = partial / "disk.img"
    with image.open("wb") as handle:
        handle.truncate(_SIZE_MIB << 20)
    _step(log, "mkfs.ext4", *_FILE_SYSTEM, "-d", str(tree), str(image))
    shutil.rmtree(tree)
    partial.rename(folder)
    _say(f"done after {time.monotonic() - started:.0f} s")


def _mmdebstrap(tree: Path) -> list[str]:
    quiet = [f'--dpkgopt=path-exclude="/usr/share/{one}/*"' for one in ("doc", "man", "locale", "info")]
    return [
        "--mode=root",
        "--variant=minbase",
        "--format=directory",
        f"--include={','.join(PACKAGES)}",
        '--aptopt=Apt::Install-Recommends "false"',
        *quiet,
        f"--customize-hook={_CLEANUP}",
        SUITE,
        str(tree),
        mirror(),
    ]


def _step(log: Path, *command: str) -> None:
    with log.open("ab") as output:
        done = subprocess.run(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        text = "\n    ".join(log.read_text(errors="replace").splitlines()[-_LAST_LINES:])
        raise StagecoachError("the servers' disk image could not be made", [_problem(command[0], text)])


def _problem(program: str, text: str) -> Problem:
    hint = "Mend it and run the command again; LAB=simulated does without real servers"
    return Problem(path=program, value=SUITE, allowed=f"its last lines are\n    {text}\n   ", hint=hint)


def _say(what: str) -> None:
    sys.stderr.write(f"machine image: {what}\n")
