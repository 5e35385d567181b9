"""One server: created, powered, resized, cut off, destroyed; volumes and networks plugged in while it runs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from infra.errors import Problem, StagecoachError
from lab.machines import Size
from lab.nodes.real.vps import loops
from lab.nodes.real.vps.booting import start_hypervisor
from lab.nodes.real.vps.cgroups import Cgroup
from lab.nodes.real.vps.devices import plug, unplug
from lab.nodes.real.vps.disk import grow_disk, grow_file_system, grows_mounted, make_disk, trim
from lab.nodes.real.vps.links import Links
from lab.nodes.real.vps.machine_image import ensure_machine_image
from lab.nodes.real.vps.network import Network
from lab.nodes.real.vps.power_cut import shut_down
from lab.nodes.real.vps.record import FILE, Record, load
from lab.nodes.real.vps.running import Running, find
from lab.nodes.real.vps.system import write_system

__all__ = ["Size", "Vps"]
_OFF_SECONDS = 90  # services get this long to stop, then the power goes
_KILL_SECONDS = 20


class Vps:
    """A server whose state is its folder: another object of the same folder finds what runs.

    The folder's name is unique in its lab; cgroup and network namespace are called by it.
    """

    def __init__(self, folder: Path, network: Network) -> None:
        self.folder = folder.absolute()
        self.network = network
        self.links = Links(network, folder.name)
        self.cgroup = Cgroup(f"stagecoach-{network.hash}-{folder.name}")
        self.disk = self.folder / "disk.img"

    def create(self, *, name: str, size: Size, public_ip: str, user_data: str) -> None:
        """Makes the disk and boots for the first time; SSH answers a moment later.

        Raises:
            StagecoachError: there is one in this folder already, or it does not boot.
        """
        if (self.folder / FILE).exists():
            raise StagecoachError("there is a server already", [self._problem("an empty folder")])
        self.network.ensure()
        self.folder.mkdir(parents=True, exist_ok=True)
        make_disk(ensure_machine_image(), self.disk, size.disk_gb)
        secret = self.folder / "user-data"
        secret.touch(0o600)
        secret.write_text(user_data)
        Record(name=name, size=size, public_ip=public_ip, own_ip=public_ip).save(self.folder)
        self.power_on()

    @property
    def record(self) -> Record:
        """What is remembered of it; FileNotFoundError before `create`."""
        return load(self.folder)

    @property
    def running(self) -> bool:
        """Whether its first process runs and its address is listened on."""
        return find(self.folder) is not None

    @property
    def ports(self) -> dict[int, int]:
        """This machine's port for each of the server's: another one only where a program listens on all addresses."""
        return self._found().ports

    def power_on(self) -> None:
        """Boots; nothing happens if it runs.

        Raises:
            StagecoachError: it did not boot; the message has the last lines of its console.
        """
        if self.running:
            return
        record = self.record
        self._clear()
        self.network.ensure()
        self.links.create()
        if record.reserved:
            self.links.anchored()
        if record.private_ip:
            self.links.join(record.private_ip, record.subnet)
        self.cgroup.create(record.size)
        user_data = (self.folder / "user-data").read_text()
        write_system(self.folder / "system", name=record.name, user_data=user_data)
        start_hypervisor(self.folder, record, self.cgroup, self.links)

    def power_off(self) -> None:
        """Services stop in reverse order, file systems are unmounted; after 90 s the rest is killed."""
        found = find(self.folder)
        if found:
            os.kill(found.pid, signal.SIGTERM)
            _wait(lambda: not self.running, _OFF_SECONDS)
        self._clear()
        for image in (self.disk, *(Path(one.image) for one in self.record.volumes)):
            trim(image)

    def cut(self) -> None:
        """A power cut: what was not written to disk and volumes is lost."""
        found = find(self.folder)
        if found:
            images = [self.disk, *(Path(one.image) for one in self.record.volumes)]
            shut_down(found.init, [device for image in images for device in loops.devices(image)])
            os.kill(found.init, signal.SIGKILL)
            _wait(lambda: not self.running, _KILL_SECONDS)
        self._clear()

    def resize(self, size: Size) -> None:
        """Off, another size, on; a larger disk grows, a smaller one is not shrunk."""
        self.power_off()
        grow_disk(self.disk, size.disk_gb)
        replace(self.record, size=size).save(self.folder)
        self.power_on()

    def destroy(self) -> None:
        """Everything of it is gone, volumes excepted; no error if there is nothing."""
        self._clear()
        self.network.forget(self.folder.name)
        if self.folder.exists():
            shutil.rmtree(self.folder)

    def join(self, private_ip: str, subnet: str) -> None:
        """Plugs eth1 in, now and at every boot; an address is not changed once it is there.

        Raises:
            StagecoachError: it has another private address.
        """
        record = self.record
        if record.private_ip == private_ip:
            return
        if record.private_ip:
            raise StagecoachError("a private address is for good", [self._problem(record.private_ip)])
        if self.running:
            self.links.join(private_ip, subnet)
        replace(record, private_ip=private_ip, subnet=subnet).save(self.folder)

    def attach(self, volume: Path, link: str) -> None:
        """The image file shows up as /dev/sdX and under `link`, now and at every boot."""
        record = self.record
        if str(volume) in {one.image for one in record.volumes}:
            return
        record, added = record.with_volume(volume, link)
        found = find(self.folder)
        if found:
            plug(found.init, added)
        record.save(self.folder)

    def detach(self, volume: Path) -> None:
        """Pulls it out; mounted or not: what was not written to it is lost."""
        record = self.record
        found = find(self.folder)
        for one in record.volumes:
            if one.image == str(volume) and found:
                unplug(found.init, one)
        replace(record, volumes=tuple(one for one in record.volumes if one.image != str(volume))).save(self.folder)

    def grew(self, volume: Path) -> None:
        """Its device is as large as the file is by now; the file system is the guest's.

        Where this machine does not let a mounted one grow, the server is off meanwhile and the file system grows here.
        """
        if grows_mounted():
            loops.grown(volume)
            return
        was_on = self.running
        self.power_off()
        grow_file_system(volume)
        if was_on:
            self.power_on()

    def readdress(self, public_ip: str) -> None:
        """From now on it answers under another address of this machine, and no longer under the old one.

        Raises:
            StagecoachError: the address is not listened on after 20 s.
        """
        replace(self.record, public_ip=public_ip).save(self.folder)
        found = find(self.folder)
        if not found:
            return
        if self.record.reserved:
            self.links.anchored()
        os.kill(found.pid, signal.SIGHUP)
        if not _wait(lambda: self._found().address == public_ip, _KILL_SECONDS):
            raise StagecoachError("the address did not move", [self._problem(public_ip)])

    def run(self, *command: str, stdin: str | None = None, timeout: float = 600) -> subprocess.CompletedProcess[str]:
        """Runs a program inside, within the server's limits; its exit code is the caller's to judge.

        Raises:
            StagecoachError: the server is off.
            subprocess.TimeoutExpired: it took longer than `timeout` seconds.
        """
        inside = ["nsenter", "--target", str(self._found().init), "--mount", "--uts", "--ipc", "--net", "--pid"]
        inside += ["--cgroup", "--root", "--wd", "--", "/usr/bin/env", "-i", "HOME=/root", "LANG=C.UTF-8"]
        inside += ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        join = 'count=$1; shift; while [ $count -gt 0 ]; do echo $$ >"$1"; shift; count=$((count - 1)); done; exec "$@"'
        files = [str(path) for path in self.cgroup.entrances()]
        return subprocess.run(
            ["sh", "-c", join, "sh", str(len(files)), *files, *inside, *command],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    def _found(self) -> Running:
        found = find(self.folder)
        if not found:
            raise StagecoachError("the server is off", [self._problem("a running server")])
        return found

    def _clear(self) -> None:
        """Takes away what a boot made: processes, interfaces, cgroups, loop devices."""
        self.cgroup.remove()
        found = find(self.folder)
        if found and not _wait(lambda: not self.running, _KILL_SECONDS):
            os.kill(found.pid, signal.SIGKILL)
        self.links.remove()
        loops.detach(self.disk)
        if (self.folder / FILE).exists():
            for one in self.record.volumes:
                loops.detach(Path(one.image))

    def _problem(self, allowed: str) -> Problem:
        return Problem(path="server", value=self.folder.name, allowed=allowed, hint="See `make status`")


def _wait(done: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
