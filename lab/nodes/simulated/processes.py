"""Child processes that are recorded, so that a killed lab's leftovers are found and ended.

No preexec_fn: it would force a fork, and gRPC's threads do not survive one.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

_END_SECONDS = 10


class Processes:
    """Starts programs, records them in a file, ends them by id."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.record = folder / "processes.json"
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str], through: Sequence[str] = ()) -> None:
        """Starts a program whose output goes to `<name>.log`; `through` becomes it, as nsenter does."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.log").open("wb") as log:
            self._children[name] = subprocess.Popen(
                [*through, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        rows = json.loads(self.record.read_text()) if self.record.exists() else {}
        rows[name] = {"pid": self._children[name].pid, "program": command[0]}
        self.record.write_text(json.dumps(rows))

    def ended(self) -> list[str]:
        """Names of programs that ended by themselves."""
        return [name for name, child in self._children.items() if child.poll() is not None]

    def last_lines(self, name: str, count: int = 8) -> str:
        """The end of a program's output."""
        return "\n".join((self.folder / f"{name}.log").read_text(errors="replace").splitlines()[-count:])

    def stop(self) -> None:
        """Ends every child at once: the API server lingers on SIGTERM, etcd's log survives a kill."""
        for child in self._children.values():
            if child.poll() is None:
                child.kill()
        for child in self._children.values():
            child.wait(timeout=_END_SECONDS)
        self._children.clear()
        self.record.unlink(missing_ok=True)

    def sweep(self) -> list[int]:
        """Ends what a killed lab left behind; a process id that was given to another program is left alone."""
        if not self.record.exists():
            return []
        ended = []
        for row in json.loads(self.record.read_text()).values():
            if _runs(row["pid"], row["program"]):
                os.kill(row["pid"], signal.SIGKILL)
                ended.append(row["pid"])
        deadline = time.monotonic() + _END_SECONDS
        while any(alive(pid) for pid in ended) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.record.unlink(missing_ok=True)
        return ended


def _runs(pid: int, program: str) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0] == program.encode()
    except OSError:
        return False


def alive(pid: int) -> bool:
    """Whether that process runs; one that nobody has reaped yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def sweep_all(root: Path) -> int:
    """Ends what killed labs left under `root`; how many processes that were."""
    records = [*root.glob("nodes/*/run/processes.json"), *root.glob("gateway/run/processes.json")]
    return sum(len(Processes(record.parent).sweep()) for record in records)
