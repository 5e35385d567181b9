"""Child processes of process 1, which also buries everybody's orphans."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from typing import IO

from lab.nodes.real.vps.guest import cgroup

_REMEMBERED = 256  # ends that somebody may still ask for
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
}


class Children:
    """Starts programs in cgroups and tells how they ended."""

    def __init__(self) -> None:
        self._ended: dict[int, asyncio.Future[int]] = {}

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on whoever ends is buried."""
        loop.add_signal_handler(signal.SIGCHLD, self._bury)

    def start(
        self,
        command: Sequence[str],
        *,
        group: str,
        output: IO[bytes] | int = subprocess.DEVNULL,
        environment: Mapping[str, str] | None = None,
        limits: Sequence[str] = (),
        folder: str = "/",
    ) -> int:
        """A program's process id; OSError where the shell can't be started."""
        entrances = [str(path) for path in cgroup.create(group)]
        child = subprocess.Popen(
            ["/bin/sh", "-c", cgroup.ENTER, "sh", str(len(entrances)), *entrances, str(len(limits)), *limits, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**ENVIRONMENT, **(environment or {})},
            cwd=folder,
            start_new_session=True,
        )
        # Process 1 buries everybody itself: the object must not look for the process again.
        child.returncode = 0
        if len(self._ended) > _REMEMBERED:
            self._ended = {pid: ended for pid, ended in self._ended.items() if not ended.done()}
        self._ended[child.pid] = asyncio.get_running_loop().create_future()
        return child.pid

    async def wait(self, pid: int) -> int:
        """How it ended: its exit code, or minus the signal that killed it."""
        return await asyncio.shield(self._ended[pid])

    async def run(self, *command: str, group: str = cgroup.INIT, output: IO[bytes] | int = subprocess.DEVNULL) -> int:
        """Starts a program and waits for its end."""
        return await self.wait(self.start(command, group=group, output=output))

    def _bury(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            ended = self._ended.get(pid)
            if ended and not ended.done():
                ended.set_result(os.waitstatus_to_exitcode(status))
