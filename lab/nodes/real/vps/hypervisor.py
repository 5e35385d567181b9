"""The process outside of one running server: its first process's parent, its public address, its /proc figures.

It ends with the server, and the server ends with it.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from lab.machines import visible_bytes
from lab.nodes.real.vps.cgroups import Cgroup
from lab.nodes.real.vps.forwarder import Forwarder
from lab.nodes.real.vps.hardware import meminfo
from lab.nodes.real.vps.processor_time import ProcessorTime
from lab.nodes.real.vps.record import RUNNING, load, write_json

BOOTED = "run/stagecoach-init"  # the first process writes it
_HARDWARE = "run/stagecoach/hardware"
_CLONE_NEWPID = 0x20000000
_USE_SECONDS = 2.0


class Hypervisor:
    """Boots what `folder` describes; everything that boot.sh needs comes by the environment."""

    def __init__(self, folder: Path, cgroup: str, network: Path, address: str, anchor: str) -> None:
        self.folder = folder
        self.address, self.anchor = address, anchor
        self.cgroup = Cgroup(cgroup)
        self.forwarder = Forwarder(network, address)

    async def run(self) -> int:
        """The exit code of the server's first process; 0 after an orderly power-off."""
        started = time.monotonic()
        init = _first_process(["sh", str(Path(__file__).with_name("boot.sh"))])
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        descriptor = os.pidfd_open(init.pid)
        loop.add_reader(descriptor, ended.set)
        loop.add_signal_handler(signal.SIGTERM, init.send_signal, signal.SIGTERM)
        tasks = [loop.create_task(self._serve(init, started))]
        loop.add_signal_handler(signal.SIGHUP, lambda: tasks.append(loop.create_task(self._listen(init.pid))))
        await ended.wait()
        loop.remove_reader(descriptor)
        self.forwarder.close()
        (self.folder / RUNNING).unlink(missing_ok=True)
        for task in tasks:
            task.cancel()
        return init.wait()

    async def _serve(self, init: subprocess.Popen[bytes], started: float) -> None:
        while not Path(f"/proc/{init.pid}/root/{BOOTED}").exists():  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.01)
        try:
            await self._listen(init.pid)
        except OSError as error:
            sys.stderr.write(f"{load(self.folder).public_ip} can't be listened on: {error}\n")
            init.kill()
            return
        await self._show_use(init.pid, started)

    async def _show_use(self, init: int, started: float) -> None:
        size = load(self.folder).size
        processors, total = ProcessorTime(size.vcpu, started), visible_bytes(size)
        folder = Path(f"/proc/{init}/root/{_HARDWARE}")
        while True:
            used, cached, old = self.cgroup.memory()
            _overwrite(folder / "meminfo", meminfo(total=total, used=used, cached=cached, old=old))
            _overwrite(folder / "stat", processors.text(time.monotonic(), *self.cgroup.processor_time()))
            await asyncio.sleep(_USE_SECONDS)

    async def _listen(self, init: int) -> None:
        record = load(self.folder)
        address = record.public_ip
        self.forwarder.target = self.anchor if record.reserved else self.address
        await self.forwarder.listen(address)
        row = {"pid": os.getpid(), "program": __name__, "init": init, "address": address, "ports": self.forwarder.ports}
        write_json(self.folder / RUNNING, row)


def _overwrite(path: Path, text: str) -> None:
    """In place: the file is mounted over the kernel's."""
    with path.open("r+") as handle:
        handle.write(text)


def _first_process(command: list[str]) -> subprocess.Popen[bytes]:
    """Starts a program as process 1 of a namespace of its own."""
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWPID):
        raise OSError(ctypes.get_errno(), "unshare")
    try:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL)
    finally:
        # A process with another namespace for its children can't make threads.
        libc.setns(own, _CLONE_NEWPID)
        os.close(own)


if __name__ == "__main__":
    sys.exit(asyncio.run(Hypervisor(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), *sys.argv[4:6]).run()) & 0xFF)
