"""One service: started, watched, restarted, stopped."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from lab.nodes.real.vps.guest import cgroup, journal
from lab.nodes.real.vps.guest.children import Children
from lab.nodes.real.vps.guest.ending import end
from lab.nodes.real.vps.guest.execution import clean, environment, expand, how_it_ended, limits
from lab.nodes.real.vps.guest.notify import NotifySocket
from lab.nodes.real.vps.guest.units import Unit

_TIMEOUT_SECONDS = 90.0  # systemd's DefaultTimeoutStartSec
_RESTART_SECONDS = 0.1
_TYPES = ("simple", "exec", "notify", "oneshot")


class Failed(Exception):  # noqa: N818  a state, not an error
    """The service failed; the text is systemd's `Result`."""


class Service:
    """A service unit's life; `state` is what `systemctl is-active` prints."""

    def __init__(self, unit: Unit, children: Children) -> None:
        self.unit = unit
        self.children = children
        self.group = f"system.slice/{unit.name}"
        self.state = "inactive"
        self.result = "success"
        self.main = 0
        self.restarts = 0
        self.since = time.time()
        self._notify: NotifySocket | None = None
        self._life: asyncio.Task[None] | None = None
        self._started: asyncio.Future[bool] | None = None

    @property
    def status(self) -> str:
        """What the service says of itself."""
        return self._notify.status if self._notify else ""

    async def start(self) -> bool:
        """True once it is active; a start that is under way is joined."""
        if self.state == "active":
            return True
        if self._started is None or self._started.done():
            await self._end_life()  # the pause before a restart ends here
            self.restarts = 0
            self._started = asyncio.get_running_loop().create_future()
            self._life = asyncio.create_task(self._live())
        return await asyncio.shield(self._started)

    async def stop(self) -> None:
        """Ends it as its file says; returns when it is gone."""
        if self.state in ("inactive", "failed") and not cgroup.processes(self.group):
            return
        was_active = self.state == "active"
        await self._end_life()
        self._set("deactivating")
        if was_active:
            await self._stop_commands()
        await self._terminate()
        self.result = "success"
        self._set("inactive")
        journal.say(self.unit.name, f"Stopped {self.unit.name} - {self.unit.description}.")

    async def _end_life(self) -> None:
        if self._life:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
            self._life = None
        self._answer(active=False)

    async def _live(self) -> None:
        """From the start to the last end, restarts included."""
        while True:
            self.result = "success"
            try:
                await self._activate()
                if self.unit.last("Service", "Type") == "oneshot":
                    self._set("active" if self.unit.true("Service", "RemainAfterExit") else "inactive")
                    self._answer(active=True)
                    return
                self._set("active")
                self._answer(active=True)
                await self._watch()
            except Failed as failure:
                self.result = str(failure)
                journal.say(self.unit.name, f"{self.unit.name}: Failed with result '{failure}'.")
            await self._terminate()
            self._set("inactive" if self.result == "success" else "failed")
            self._answer(active=False)
            if not self._restarts():
                return
            self._set("activating")
            await asyncio.sleep(self.unit.seconds("Service", "RestartSec", _RESTART_SECONDS) or 0)
            self.restarts += 1
            journal.say(
                self.unit.name, f"{self.unit.name}: Scheduled restart job, restart counter is at {self.restarts}."
            )

    async def _activate(self) -> None:
        """Returns when it counts as started."""
        kind = self.unit.last("Service", "Type", "simple")
        if kind not in _TYPES:
            journal.say(self.unit.name, f"Type={kind} is not known here; known are {', '.join(_TYPES)}")
            raise Failed("resources")
        self._set("activating")
        journal.say(self.unit.name, f"Starting {self.unit.name} - {self.unit.description}...")
        default = None if kind == "oneshot" else _TIMEOUT_SECONDS
        limit = self.unit.seconds("Service", "TimeoutStartSec", default)
        try:
            async with asyncio.timeout(limit):
                await self._begin(kind)
        except TimeoutError:
            journal.say(self.unit.name, f"{self.unit.name}: start operation timed out. Terminating.")
            raise Failed("timeout") from None
        except OSError as error:
            journal.say(self.unit.name, f"{self.unit.name}: {error}")
            raise Failed("resources") from None
        journal.say(self.unit.name, f"Started {self.unit.name} - {self.unit.description}.")

    async def _begin(self, kind: str) -> None:
        for name in self.unit.words("Service", "RuntimeDirectory"):
            Path("/run", name).mkdir(mode=0o755, parents=True, exist_ok=True)
        await self._commands("ExecStartPre")
        if kind == "oneshot":
            await self._commands("ExecStart")
            return
        if kind == "notify":
            self._notify = NotifySocket(self.unit.name)
        self.main = self._spawn(self.unit.last("Service", "ExecStart"))[1]
        if self._notify:
            await self._ready(self._notify)
        await self._commands("ExecStartPost")

    async def _ready(self, notify: NotifySocket) -> None:
        ended = asyncio.ensure_future(self.children.wait(self.main))
        try:
            await asyncio.wait((ended, notify.ready), return_when=asyncio.FIRST_COMPLETED)
            if not notify.ready.done():
                code = ended.result()
                self.main = 0
                self._say_end(code)
                raise Failed("protocol" if clean(code) else "exit-code" if code > 0 else "signal")
        finally:
            ended.cancel()

    async def _watch(self) -> None:
        """Waits for the main process's end."""
        code = await self.children.wait(self.main)
        self.main = 0
        self._say_end(code)
        if not clean(code):
            raise Failed("exit-code" if code > 0 else "signal")

    def _say_end(self, code: int) -> None:
        journal.say(self.unit.name, f"{self.unit.name}: Main process exited, {how_it_ended(code)}")

    async def _commands(self, key: str) -> None:
        """Runs one command after the other; a failure counts unless it is marked with `-`."""
        for line in self.unit.values("Service", key):
            ignored, pid = self._spawn(line)
            code = await self.children.wait(pid)
            if code and not ignored:
                journal.say(self.unit.name, f"{self.unit.name}: {key} process exited, {how_it_ended(code)}")
                raise Failed("exit-code" if code > 0 else "signal")

    def _spawn(self, line: str) -> tuple[bool, int]:
        variables = environment(self.unit)
        if self.main:
            variables["MAINPID"] = str(self.main)
        ignored, words = expand(line, variables)
        if self._notify:
            variables["NOTIFY_SOCKET"] = str(self._notify.path)
        with journal.opened(self.unit.name) as output:
            pid = self.children.start(
                words,
                group=self.group,
                output=output,
                environment=variables,
                limits=limits(self.unit),
                folder=self.unit.last("Service", "WorkingDirectory", "/"),
            )
        return ignored, pid

    async def _terminate(self) -> None:
        """Ends what its KillMode names, by force after its time."""
        await end(self.unit, self.group, self.main)
        self.main = 0
        if self._notify:
            self._notify.close()
            self._notify = None

    async def _stop_commands(self) -> None:
        try:
            await self._commands("ExecStop")
        except Failed:
            self.result = "exit-code"

    def _restarts(self) -> bool:
        policy = self.unit.last("Service", "Restart", "no")
        if policy == "always":
            return True
        return policy == "on-failure" and self.result != "success"

    def _answer(self, *, active: bool) -> None:
        if self._started and not self._started.done():
            self._started.set_result(active)

    def _set(self, state: str) -> None:
        if state != self.state:
            self.state, self.since = state, time.time()
