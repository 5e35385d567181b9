"""The machine that k3s runs on."""

from __future__ import annotations

import os
import shutil
import subprocess

from lab.nodes.real.k3s.guest.refusal import RefusalError

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SECONDS = 10
_NEEDED = ("containerd", "runc", "iptables", "nft", "ip", "openssl", "setpriv")  # of Debian's, by name


def environment() -> dict[str, str]:
    """Of the children: every program of Debian on PATH, nothing of systemd's socket."""
    kept = {key: value for key, value in os.environ.items() if key != "NOTIFY_SOCKET"}
    return {**kept, "PATH": _PATH}


def share_mounts() -> None:
    """As systemd does at boot: a pod may ask to see what is mounted later (`HostToContainer`).

    Raises:
        RefusalError: it is refused.
    """
    done = subprocess.run(
        ["mount", "--make-rshared", "/"], capture_output=True, text=True, check=False, timeout=_SECONDS
    )
    if done.returncode:
        raise RefusalError(f"mounts cannot be shared: {done.stderr.strip()}")


def require_programs(path: str = _PATH) -> None:
    """What real k3s carries in its one file, the stand-in takes from Debian.

    Raises:
        RefusalError: the machine's image lacks some.
    """
    missing = [name for name in _NEEDED if shutil.which(name, path=path) is None]
    if missing:
        raise RefusalError(f"programs are missing: {', '.join(missing)}")
