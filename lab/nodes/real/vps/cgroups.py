"""The cgroups that hold a guest to its size, under both versions of cgroups."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from infra.errors import Problem, StagecoachError
from lab.machines import Size, visible_bytes

CGROUP_2 = 2
INIT = "init.scope"  # under version 2 no process may lie beside a group that has limits
_PERIOD_US = 100_000
_END_SECONDS = 20
_CONTROLLERS = ("cpu", "cpuset", "io", "memory", "pids")  # of version 2, as far as the machine has them


@dataclass(frozen=True, kw_only=True)
class Hierarchy:
    """One mounted hierarchy of this machine."""

    mount: Path
    version: int
    controllers: frozenset[str]  # of version 1
    options: str  # how it is mounted again inside a guest


def hierarchies(mountinfo: str | None = None) -> list[Hierarchy]:
    """Every hierarchy of this machine: one where it runs version 2, several with version 1."""
    text = Path("/proc/self/mountinfo").read_text() if mountinfo is None else mountinfo
    found: dict[Path, Hierarchy] = {}
    for line in text.splitlines():
        fields, _, rest = line.partition(" - ")
        kind, _, options = rest.split(" ", 2)
        mount = Path(fields.split()[4])
        if kind == "cgroup2":
            found[mount] = Hierarchy(mount=mount, version=CGROUP_2, controllers=frozenset(), options="")
        elif kind == "cgroup":
            found[mount] = _version_1(mount, options.split(","))
    return list(found.values())


def _version_1(mount: Path, options: list[str]) -> Hierarchy:
    ignored = ("rw", "ro", "xattr", "noprefix", "clone_children")
    names = [one for one in options if one not in ignored and not one.startswith("release_agent")]
    named = [one for one in names if one.startswith("name=")]
    controllers = frozenset(one for one in names if not one.startswith("name="))
    return Hierarchy(
        mount=mount, version=1, controllers=controllers, options=",".join([*(["none"] * bool(named)), *names])
    )


class Cgroup:
    """One folder of the same name in every hierarchy."""

    def __init__(self, name: str, found: list[Hierarchy] | None = None) -> None:
        self.name = name
        self.hierarchies = hierarchies() if found is None else found

    @property
    def folders(self) -> list[Path]:
        """Where it is, or would be."""
        return [one.mount / self.name for one in self.hierarchies]

    def create(self, size: Size) -> None:
        """Makes it and sets the limits of an instance type."""
        for one in self.hierarchies:
            folder = one.mount / self.name
            if one.version == CGROUP_2:
                enable(one.mount)
            folder.mkdir(exist_ok=True)
            for file, value in _limits(one, size):
                if (folder / file).exists():
                    (folder / file).write_text(value)

    def entrances(self) -> list[Path]:
        """Files that a process of this machine writes its id to when it goes in beside the services."""
        return [folder / INIT / "cgroup.procs" for folder in self.folders if (folder / INIT).is_dir()]

    def mounts(self) -> list[str]:
        """How a guest mounts the hierarchies: lines `folder type options`, the folder under /sys/fs/cgroup."""
        base = Path("/sys/fs/cgroup")
        lines = []
        for one in self.hierarchies:
            folder = one.mount.relative_to(base) if one.mount.is_relative_to(base) else Path(one.mount.name)
            lines.append(f"{folder} {'cgroup2' if one.version == CGROUP_2 else 'cgroup'} {one.options}".strip())
        return lines

    def memory(self) -> tuple[int, int, int]:
        """Bytes in use without caches, bytes of caches that can be given back, those of them not used lately."""
        for one in self.hierarchies:
            folder = one.mount / self.name
            for file, prefix, cache in (("memory.current", "", "file"), ("memory.usage_in_bytes", "total_", "cache")):
                if (folder / file).exists():
                    stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
                    cached = int(stat[prefix + cache]) - int(stat[f"{prefix}shmem"])
                    old = min(int(stat[f"{prefix}inactive_file"]), cached)
                    return max(int((folder / file).read_text()) - cached, 0), cached, old
        return 0, 0, 0

    def processor_time(self) -> tuple[int, int]:
        """Nanoseconds of user and of system time that it has spent."""
        for one in self.hierarchies:
            folder = one.mount / self.name
            files = [folder / "cpuacct.usage_user", folder / "cpuacct.usage_sys"]
            if all(file.exists() for file in files):
                return int(files[0].read_text()), int(files[1].read_text())
            if one.version == CGROUP_2 and (folder / "cpu.stat").exists():
                stat = dict(line.split() for line in (folder / "cpu.stat").read_text().splitlines())
                return int(stat["user_usec"]) * 1000, int(stat["system_usec"]) * 1000
        return 0, 0

    def processes(self) -> list[int]:
        """Every process in it, whatever the guest has nested."""
        found: set[int] = set()
        for folder in self.folders:
            for procs in folder.rglob("cgroup.procs"):
                found |= _pids(procs)
        return sorted(found)

    def kill(self) -> int:
        """Kills all in it; how many that were.

        Raises:
            StagecoachError: something is left after 20 s.
        """
        killed: set[int] = set()
        deadline = time.monotonic() + _END_SECONDS
        while left := self.processes():
            for pid in left:
                killed.add(pid)
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            if time.monotonic() > deadline:
                raise StagecoachError("a server could not be ended", [_stuck(self.name, left)])
            time.sleep(0.02)
        return len(killed)

    def remove(self) -> int:
        """Kills what is in it and takes every folder away; how many processes that ended."""
        killed = self.kill()
        for folder in self.folders:
            for nested in sorted(folder.rglob("*/"), key=lambda path: len(path.parts), reverse=True):
                _rmdir(nested)
            _rmdir(folder)
        return killed


def _limits(one: Hierarchy, size: Size) -> list[tuple[str, str]]:
    memory, quota = str(visible_bytes(size)), size.vcpu * _PERIOD_US
    if one.version == CGROUP_2:
        return [("cpu.max", f"{quota} {_PERIOD_US}"), ("memory.max", memory), ("memory.swap.max", "0")]
    limits: list[tuple[str, str]] = []
    if "memory" in one.controllers:
        limits += [("memory.limit_in_bytes", memory), ("memory.memsw.limit_in_bytes", memory)]
    if "cpu" in one.controllers:
        limits += [("cpu.cfs_period_us", str(_PERIOD_US)), ("cpu.cfs_quota_us", str(quota))]
    if "cpuset" in one.controllers:
        # An empty set refuses every process; nested ones copy it.
        limits += [(file, (one.mount / file).read_text()) for file in ("cpuset.cpus", "cpuset.mems")]
        limits += [("cgroup.clone_children", "1")]
    return limits


def enable(root: Path) -> None:
    """Gives version 2's controllers to the groups below; OSError where the group itself has processes."""
    has = (root / "cgroup.controllers").read_text().split()
    for name in _CONTROLLERS:
        if name in has:
            (root / "cgroup.subtree_control").write_text(f"+{name}")


def _pids(procs: Path) -> set[int]:
    try:
        return {int(line) for line in procs.read_text().split()}
    except OSError:
        return set()  # a folder that goes away while it is read


def _rmdir(folder: Path) -> None:
    """Waits for the kernel, which lets go of a folder a moment after its last process."""
    deadline = time.monotonic() + _END_SECONDS
    while folder.is_dir():
        try:
            folder.rmdir()
        except OSError:
            if time.monotonic() > deadline:
                raise StagecoachError("a cgroup could not be removed", [_stuck(str(folder), [])]) from None
            time.sleep(0.02)


def _stuck(name: str, left: list[int]) -> Problem:
    return Problem(path=name, value=str(left or ""), allowed="an empty cgroup", hint="See what `ps` says of them")
