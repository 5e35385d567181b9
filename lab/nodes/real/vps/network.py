"""One lab's network: a namespace of its own with two bridges, and no way out of it."""

from __future__ import annotations

import fcntl
import hashlib
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Self

from lab.nodes.real.vps.commands import run

GATEWAY = "100.64.0.1"
MAIL_SERVER = "198.51.100.25"  # on the lab's internet: pods may reach no private address, and 100.64.0.0/10 is one
ANCHORS = "100.64.1"  # the first numbers of guests' second addresses
_GUESTS = range(10, 250)
_MAIL_SERVER_UP = f"addr replace {MAIL_SERVER}/32 dev public"


class Network:
    """Bridge `public` with the gateway's address, bridge `private` for guests alone; the addresses of every lab."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.hash = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:8]
        self.name = f"stagecoach-{self.hash}"

    @property
    def path(self) -> Path:
        """The namespace's file, for `nsenter --net=`."""
        return Path("/run/netns", self.name)

    def ensure(self) -> None:
        """Makes what is missing; one that a killed lab left half made is made anew."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "network.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if run("ip", "-n", self.name, "link", "show", "dev", "private", check=False).returncode == 0:
                ip_batch(self.name, _MAIL_SERVER_UP)  # one that an older checkout made has it not
                return
            self.remove()
            run("ip", "netns", "add", self.name)
            # An unreachable route instead of none: what a guest sends to the internet fails at once, not by time.
            ip_batch(
                self.name,
                "link set lo up",
                "link add public type bridge",
                f"addr add {GATEWAY}/24 dev public",
                f"addr add {ANCHORS}.1/24 dev public",
                _MAIL_SERVER_UP,
                "link set public up",
                "route add unreachable default",
            )
            settings = (
                "echo 1 >ipv4/ip_forward; for one in bridge/bridge-nf-call-*; do [ ! -e $one ] || echo 0 >$one; done"
            )
            run("nsenter", f"--net={self.path}", "sh", "-c", f"cd /proc/sys/net && {settings}")
            ip_batch(self.name, "link add private type bridge", "link set private up")

    def remove(self) -> None:
        """Takes the namespace away with its bridges; no error if there is none."""
        if self.path.exists():
            run("ip", "netns", "delete", self.name)

    def popen(self, command: Sequence[str], output: IO[bytes] | int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Starts a program in the lab's network, where it can listen on the gateway's address."""
        return subprocess.Popen(
            ["nsenter", f"--net={self.path}", "--", *command], stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )

    def number(self, guest: str) -> int:
        """The guest's number, which makes its address 100.64.0.<number>; the same at every boot."""
        with self._numbers() as numbers:
            if guest not in numbers.table:
                numbers.table[guest] = next(one for one in _GUESTS if one not in numbers.table.values())
            return numbers.table[guest]

    def forget(self, guest: str) -> None:
        """Its number may be another guest's."""
        with self._numbers() as numbers:
            numbers.table.pop(guest, None)

    def _numbers(self) -> _Numbers:
        return _Numbers(self.root / "guests.json")


class _Numbers:
    """The table of guests' numbers, one process at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.table: dict[str, int] = {}

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = self.path.open("a+")
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        self._handle.seek(0)
        self.table = json.loads(self._handle.read() or "{}")
        return self

    def __exit__(self, *_error: object) -> None:
        self._handle.seek(0)
        self._handle.truncate()
        json.dump(self.table, self._handle)
        self._handle.close()


def ip_batch(namespace: str, *lines: str) -> None:
    """Several `ip` commands in one namespace by one process."""
    run("ip", "-n", namespace, "-batch", "-", stdin="\n".join(lines) + "\n")
