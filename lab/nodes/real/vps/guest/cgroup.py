"""Cgroups inside a guest: one per service, in every hierarchy."""

from __future__ import annotations

import os
import signal
from pathlib import Path

BASE = Path("/sys/fs/cgroup")
INIT = "init.scope"
_CONTROLLERS = ("cpu", "cpuset", "io", "memory", "pids")
# Where a limit can't be raised (no CAP_SYS_RESOURCE), the highest allowed one is taken.
# Arguments: a count and that many cgroup.procs files, a count and that many ulimits, the command.
ENTER = """
count=$1; shift
while [ "$count" -gt 0 ]; do echo $$ >"$1"; shift; count=$((count - 1)); done
count=$1; shift
while [ "$count" -gt 0 ]; do
	ulimit $1 2>/dev/null || ulimit -S ${1%% *} "$(ulimit -H ${1%% *})"
	shift; count=$((count - 1))
done
echo 0 >/proc/self/oom_score_adj
exec "$@"
"""


def hierarchies(base: Path = BASE) -> list[Path]:
    """The roots of all hierarchies: one under version 2."""
    if (base / "cgroup.procs").exists():
        return [base]
    return sorted(path for path in base.iterdir() if (path / "cgroup.procs").exists())


def create(name: str, base: Path = BASE) -> list[Path]:
    """Makes a group in every hierarchy; their cgroup.procs files."""
    files = []
    for root in hierarchies(base):
        parent = root
        for part in name.split("/"):
            share(parent)
            parent = parent / part
            parent.mkdir(exist_ok=True)
        files.append(parent / "cgroup.procs")
    return files


def share(folder: Path) -> None:
    """Under version 2, gives a group's controllers to those inside it."""
    has = folder / "cgroup.controllers"
    if not has.exists():
        return
    for name in _CONTROLLERS:
        if name in has.read_text().split():
            try:
                (folder / "cgroup.subtree_control").write_text(f"+{name}")
            except OSError:
                continue  # a threaded or busy group shares nothing


def enter(name: str, base: Path = BASE) -> None:
    """Moves this process into a group; before `share`, because none may lie beside a group that has limits."""
    for root in hierarchies(base):
        folder = root / name
        folder.mkdir(exist_ok=True)
        (folder / "cgroup.procs").write_text(str(os.getpid()))


def processes(name: str, base: Path = BASE) -> list[int]:
    """Every process in the group and below."""
    found: set[int] = set()
    for root in hierarchies(base):
        for file in (root / name).rglob("cgroup.procs"):
            found |= {int(pid) for pid in file.read_text().split()}
    return sorted(found)


def kill(name: str, number: int = signal.SIGKILL) -> None:
    """A signal to all in the group."""
    for pid in processes(name):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
